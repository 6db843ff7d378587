// SPDX-License-Identifier: Apache-2.0

#include "parkway/os/fork_generation.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <memory>
#include <set>
#include <vector>

#include "parkway/base/per_process.h"
#include "tests/suites/not_emulated.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

using internal::fork_generation;

// The child's exit status, as RunInChild(), of a fork that runs no handler.
template <class Body>
int RunInBareChild(Body&& body) {
  const long child = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
  if (child == 0) {
    alarm(60);
    _exit(body());
  }
  int status = -1;
  EXPECT_EQ(waitpid(static_cast<pid_t>(child), &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + status;
}

TEST(ForkGeneration, StaysTheSameInAProcess) {
  const std::uint32_t first = fork_generation();
  EXPECT_GE(first, 1u);
  std::vector<std::uint32_t> seen(4);
  {
    std::vector<std::unique_ptr<Thread>> all;
    for (std::uint32_t& mine : seen) {
      all.push_back(
          std::make_unique<Thread>([&] { mine = fork_generation(); }));
    }
  }
  for (std::uint32_t generation : seen) EXPECT_EQ(generation, first);
}

TEST(ForkGeneration, IsAnotherInEveryDescendant) {
  const std::uint32_t first = fork_generation();
  EXPECT_EQ(RunInChild([&] {
              const std::uint32_t second = fork_generation();
              if (second == first) return 1;
              if (!internal::forked_since_first_use()) return 2;
              return RunInChild([&] {
                const std::uint32_t third = fork_generation();
                return third == first || third == second ? 3 : 0;
              });
            }),
            0);
  EXPECT_EQ(fork_generation(), first);
}

TEST(ForkGeneration, NeedsNoHandler) {
  const std::uint32_t first = fork_generation();
  EXPECT_EQ(RunInBareChild([&] { return fork_generation() == first ? 1 : 0; }),
            0);
}

// All threads of a child that ask at once are told the same.
TEST(ForkGeneration, IsOneForAllThreadsOfAChild) {
  if (const char* why = WhyNoFork(Others::kAsleep)) GTEST_SKIP() << why;
  fork_generation();
  for (int round = 0; round < 50; ++round) {
    EXPECT_EQ(
        RunInChild([] {
          std::vector<std::uint32_t> seen(4);
          std::atomic<int> ready{0};
          {
            std::vector<std::unique_ptr<Thread>> all;
            for (std::uint32_t& mine : seen) {
              all.push_back(std::make_unique<Thread>([&] {
                ++ready;
                while (ready != 4) sched_yield();
                mine = fork_generation();
              }));
            }
          }
          return std::set<std::uint32_t>(seen.begin(), seen.end()).size() == 1
                     ? 0
                     : 1;
        }),
        0);
  }
}

std::uint32_t g_seen_by_handler = 0;

// It is registered in a process that has not asked yet, so it runs before any
// handler of ours could.
void asks_in_an_early_handler() {
  pthread_atfork(nullptr, nullptr,
                 [] { g_seen_by_handler = fork_generation(); });
  const std::uint32_t first = fork_generation();
  const int status = RunInChild([&] {
    return g_seen_by_handler == 0 || g_seen_by_handler == first ||
                   g_seen_by_handler != fork_generation()
               ? 1
               : 0;
  });
  _exit(status);
}
TEST(ForkGenerationDeathTest, IsRightInAnEarlyHandler) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(asks_in_an_early_handler(), testing::ExitedWithCode(0), "");
}

struct Counted {
  Counted() : number(++made) {}
  static inline std::atomic<int> made{0};
  const int number;
  int value = 0;
};
internal::PerProcess<Counted> g_counted;

TEST(PerProcess, IsMadeOnceInEachProcess) {
  g_counted.get().value = 7;
  EXPECT_EQ(g_counted.get().number, 1);
  EXPECT_EQ(RunInChild([] {
              if (g_counted.get().value != 0) return 1;
              g_counted.get().value = 8;
              if (g_counted.get().number != 2) return 2;
              return RunInChild([] {
                return g_counted.get().value == 0 && g_counted.get().number == 3
                           ? 0
                           : 3;
              });
            }),
            0);
  EXPECT_EQ(g_counted.get().value, 7);
}

struct Slow {
  Slow() {
    ++made;
    usleep(1000);
    whole = true;
  }
  static inline std::atomic<int> made{0};
  std::atomic<bool> whole{false};
};
internal::PerProcess<Slow> g_slow;

TEST(PerProcess, OthersWaitUntilItIsMade) {
  std::vector<std::unique_ptr<Thread>> all;
  for (int i = 0; i < 4; ++i) {
    all.push_back(
        std::make_unique<Thread>([] { EXPECT_TRUE(g_slow.get().whole); }));
  }
  all.clear();
  EXPECT_EQ(Slow::made, 1);
}

}  // namespace
}  // namespace parkway::test
