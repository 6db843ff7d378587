// SPDX-License-Identifier: Apache-2.0

// Stacks in the child of a fork, from its first handler on.
#include <gtest/gtest.h>
#include <pthread.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstring>
#include <memory>
#include <set>
#include <type_traits>
#include <vector>

#include "parkway/stack/stack_depot.h"
#include "parkway/stack/stack_freelist.h"
#include "parkway/wait/wait_platform.h"
#include "tests/suites/not_emulated.h"
#include "tests/suites/support.h"
#include "tests/unit/stack/stoppable.h"

namespace parkway::test {
namespace {

// ---- The depot, with another thread in the middle of it.

std::atomic<bool> g_inside{false};
std::atomic<bool> g_leave{false};
thread_local bool t_stops = false;

// A thread that is told to stops with the lock, as soon as it has it, or after
// it has changed what is guarded.
template <bool kAfter>
struct StopsInside : Platform {
  class TableLock {
   public:
    bool lock() {
      const bool inherited = lock_.lock();
      if (!kAfter) stop();
      return inherited;
    }
    void unlock() {
      if (kAfter) stop();
      lock_.unlock();
    }

   private:
    static void stop() {
      if (!t_stops) return;
      g_inside = true;
      Eventually([] { return g_leave.load(); });
    }
    WordLock lock_;
  };
};

template <class P>
class DepotForkTest : public testing::Test {
 protected:
  using Stack = FreeStack<P>;

  Stack* Batch(std::uint32_t count) {
    Stack* first = nullptr;
    for (std::uint32_t i = 0; i < count; ++i) {
      made_.push_back(std::make_unique<Stack>());
      made_.back()->next = first;
      first = made_.back().get();
    }
    first->count = count;
    return first;
  }

  // How many stacks come out, each once; -1 if not.
  int TakeAll() {
    std::set<Stack*> seen;
    while (Stack* stack = depot_.get()) {
      for (; stack != nullptr; stack = stack->next) {
        if (!seen.insert(stack).second) return -1;
      }
    }
    return static_cast<int>(seen.size());
  }

  // body() in the child of a fork that finds another thread inside of
  // inside(). Its result.
  template <class Inside, class Body>
  int InChild(Inside inside, Body body) {
    g_inside = g_leave = false;
    Thread other([&] {
      t_stops = true;
      inside();
    });
    EXPECT_TRUE(Eventually([] { return g_inside.load(); }));
    const int status = RunInChild(body, 20);
    g_leave = true;
    return status;
  }

  std::vector<std::unique_ptr<Stack>> made_;
  BasicStackDepot<P> depot_;
};
using Moments = testing::Types<StopsInside<false>, StopsInside<true>>;
TYPED_TEST_SUITE(DepotForkTest, Moments);

TYPED_TEST(DepotForkTest, AThreadGets) {
  constexpr bool kAfter = std::is_same_v<TypeParam, StopsInside<true>>;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(this->depot_.put_whole(this->Batch(4), 100));
  }
  ASSERT_TRUE(this->depot_.put_warm(this->Batch(4), 100));
  EXPECT_EQ(this->InChild([&] { this->depot_.get(); },
                          [&] {
                            // What it has is lost, and nothing else.
                            const int left = kAfter ? 12 : 16;
                            if (!this->depot_.put_whole(this->Batch(2), 100)) {
                              return 2;
                            }
                            if (this->depot_.stacks() !=
                                static_cast<unsigned>(left) + 2) {
                              return 3;
                            }
                            return this->TakeAll() == left + 2 ? 0 : 4;
                          }),
            0);
}

TYPED_TEST(DepotForkTest, AThreadPuts) {
  constexpr bool kAfter = std::is_same_v<TypeParam, StopsInside<true>>;
  ASSERT_TRUE(this->depot_.put_warm(this->Batch(4), 100));
  auto* const batch = this->Batch(3);
  EXPECT_EQ(this->InChild(
                [&] { this->depot_.put_warm(batch, 100); },
                [&] { return this->TakeAll() == (kAfter ? 7 : 4) ? 0 : 2; }),
            0);
}

// ---- All of it, by a program's handlers.

constexpr std::size_t kBytes = 65536;

// Tells whether the kernel can read a byte.
class Reader {
 public:
  Reader() { good_ = pipe(ends_) == 0; }
  ~Reader() {
    close(ends_[0]);
    close(ends_[1]);
  }
  bool CanRead(const void* byte) const {
    return !good_ || write(ends_[1], byte, 1) == 1;
  }

 private:
  int ends_[2] = {-1, -1};
  bool good_;
};

// Stacks that nobody else has: what is written to one stays, and below it is
// a guard. More than a thread keeps, and more than a chunk has.
bool UseStacks() {
  constexpr int kStacks = 150;
  std::vector<std::uint32_t*> stacks;
  std::set<void*> seen;
  const Reader reader;
  for (int i = 0; i < kStacks; ++i) {
    void* const stack = stack_alloc(kBytes);
    if (stack == nullptr || !seen.insert(stack).second) return false;
    if (reader.CanRead(static_cast<char*>(stack) - 1)) return false;
    stacks.push_back(static_cast<std::uint32_t*>(stack));
    stacks[i][0] = stacks[i][kBytes / 4 - 1] = static_cast<std::uint32_t>(i);
  }
  bool good = true;
  for (std::uint32_t i = 0; i < kStacks; ++i) {
    good = good && stacks[i][0] == i && stacks[i][kBytes / 4 - 1] == i;
    stack_free(stacks[i], kBytes);
  }
  stack_trim();
  return good;
}

bool g_good_in_handler;

// Gets stacks from the system and gives them back.
void GetAndGiveBack() {
  void* stacks[40];
  for (void*& stack : stacks) stack = stack_alloc(kBytes);
  for (void* stack : stacks) stack_free(stack, kBytes);
  stack_trim();
}

// Wherever the other thread is.
int ForkBesideABusyThread() {
  Stoppable busy(&GetAndGiveBack);
  for (int i = 0; i < Rounds(40); ++i) {
    g_good_in_handler = false;
    busy.Stop();
    const int status = RunInChild(
        [] {
          if (!g_good_in_handler) return 2;
          if (!UseStacks()) return 3;
          // And by another thread, and in a child of its own.
          bool good = false;
          if (!kTsan) {
            Thread([&good] { good = UseStacks(); }).Join();
            if (!good) return 4;
          }
          g_good_in_handler = false;
          return RunInChild(
              [] { return g_good_in_handler && UseStacks() ? 0 : 5; }, 20);
        },
        20);
    busy.GoOn();
    if (status != 0) return status;
  }
  return 0;
}

// Each in a process of its own, which has used nothing of parkway before.
class StackForkDeathTest : public testing::Test {
 protected:
  void SetUp() override {
    if (const char* why = WhyNoFork(Others::kRunning)) GTEST_SKIP() << why;
    GTEST_FLAG_SET(death_test_style, "threadsafe");
  }
};

void UseInHandler() { g_good_in_handler = UseStacks(); }

TEST_F(StackForkDeathTest, HandlerOfBeforeTheFirstUse) {
  EXPECT_EXIT(
      {
        pthread_atfork(nullptr, nullptr, &UseInHandler);
        _exit(ForkBesideABusyThread());
      },
      testing::ExitedWithCode(0), "");
}

TEST_F(StackForkDeathTest, HandlerOfAfterTheFirstUse) {
  EXPECT_EXIT(
      {
        UseStacks();
        pthread_atfork(nullptr, nullptr, &UseInHandler);
        _exit(ForkBesideABusyThread());
      },
      testing::ExitedWithCode(0), "");
}

// The forking thread's own are the child's, with what they hold and what is
// free in its lists.
TEST_F(StackForkDeathTest, StacksInUseStayInUse) {
  const auto body = [] {
    std::vector<unsigned char*> stacks;
    for (int i = 0; i < 100; ++i) {
      stacks.push_back(static_cast<unsigned char*>(stack_alloc(kBytes)));
      std::memset(stacks.back(), i, kBytes);
    }
    Stoppable busy(&GetAndGiveBack);
    const auto check = [&stacks] {
      const std::set<void*> mine(stacks.begin(), stacks.end());
      std::vector<void*> others;
      for (int i = 0; i < 100; ++i) {
        others.push_back(stack_alloc(kBytes));
        if (mine.count(others.back()) != 0) return 2;
        std::memset(others.back(), 0xee, kBytes);
      }
      for (void* const stack : others) stack_free(stack, kBytes);
      stack_trim();
      for (int i = 0; i < 100; ++i) {
        for (std::size_t at = 0; at < kBytes; at += 1000) {
          if (stacks[i][at] != i) return 3;
        }
        stack_free(stacks[i], kBytes);
      }
      stack_trim();
      return 0;
    };
    for (int i = 0; i < Rounds(10); ++i) {
      busy.Stop();
      const int status = RunInChild(check, 20);
      busy.GoOn();
      if (status != 0) return status;
    }
    return 0;
  };
  EXPECT_EXIT(_exit(body()), testing::ExitedWithCode(0), "");
}

// A thread of the child may have the record of one that is not there.
TEST_F(StackForkDeathTest, WhatOthersHadIsNobodys) {
  const auto body = [] {
    std::atomic<bool> filled{false};
    std::atomic<bool> end{false};
    std::set<void*> theirs;
    Thread other([&] {
      for (int i = 0; i < 20; ++i) theirs.insert(stack_alloc(kBytes));
      for (void* const stack : theirs) stack_free(stack, kBytes);
      filled = true;
      Eventually([&] { return end.load(); });
    });
    if (!Eventually([&] { return filled.load(); })) return 2;
    const int status = RunInChild([&] {
      bool good = true;
      for (int i = 0; i < 3; ++i) {
        Thread([&] {
          for (int k = 0; k < 50; ++k) {
            good = good && theirs.count(stack_alloc(kBytes)) == 0;
          }
        }).Join();
      }
      return good ? 0 : 3;
    });
    end = true;
    return status;
  };
  EXPECT_EXIT(_exit(body()), testing::ExitedWithCode(0), "");
}

// ---- What is no fork, or none that a child uses.

TEST(StackFork, SpawnedProgramsBesideRunningThreads) {
  Stoppable busy(&GetAndGiveBack);
  void* const stack = stack_alloc(kBytes);
  for (int i = 0; i < Rounds(20); ++i) {
    pid_t child = 0;
    char name[] = "/bin/true";
    char* arguments[] = {name, nullptr};
    ASSERT_EQ(posix_spawn(&child, name, nullptr, nullptr, arguments, nullptr),
              0);
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(UseStacks());
  }
  stack_free(stack, kBytes);
}

// It has its parent's memory: what it takes is taken there, too.
void* g_taken[40];

int TakeInVfork() {
  const pid_t child = vfork();
  if (child == 0) {
    for (void*& stack : g_taken) stack = stack_alloc(kBytes);
    _exit(0);
  }
  int status = -1;
  waitpid(child, &status, 0);
  return status;
}

TEST(StackFork, TheChildOfAVforkIsTheSameProcess) {
  if (kTsan || kAsan) GTEST_SKIP() << "a sanitizer makes a fork of it";
  std::set<void*> seen;
  for (int i = 0; i < 10; ++i) {
    ASSERT_EQ(TakeInVfork(), 0);
    for (void* const stack : g_taken) {
      EXPECT_TRUE(seen.insert(stack).second);
    }
  }
  EXPECT_GE(stack_stats(kBytes, StackGuard::kPage).in_use,
            seen.size() * kBytes);
  for (void* const stack : seen) stack_free(stack, kBytes);
}

}  // namespace
}  // namespace parkway::test
