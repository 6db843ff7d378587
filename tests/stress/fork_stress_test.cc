// SPDX-License-Identifier: Apache-2.0

// A process with threads in the middle of locks and sleeps forks, again and
// again; each child works with locks and threads of its own.
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <vector>

#include "parkway/lock/byte_mutex.h"
#include "parkway/lock/cond_var.h"
#include "parkway/mutex.h"
#include "parkway/note.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

template <class Mutex>
int Contend(Mutex& mutex) {
  long counter = 0;
  {
    std::vector<std::unique_ptr<Thread>> all;
    for (int t = 0; t < 3; ++t) {
      all.push_back(std::make_unique<Thread>([&] {
        for (int i = 0; i < 200; ++i) {
          std::lock_guard<Mutex> guard(mutex);
          if (i % 64 == 0) usleep(20);
          ++counter;
        }
      }));
    }
  }
  return counter == 600 ? 0 : 1;
}

// Of a child that has a child of its own, which has a minute.
constexpr int kParentSeconds = 150;

// Forks; the child unlocks its copy of `mutex`, which the caller holds, and
// works with it. If `early`, in the first of all handlers in the child, before
// anything that parkway may have had called there.
template <class Mutex>
int ForkAndContend(Mutex& mutex, bool early) {
  if (!early) {
    return RunInChild([&mutex] {
      mutex.unlock();
      return Contend(mutex);
    });
  }
  return RunInChild(
      [&mutex] {
        mutex.unlock();
        // One that is free, whoever waited for it in the parent.
        mutex.lock();
        mutex.unlock();
      },
      [&mutex] { return Contend(mutex); });
}

template <class Mutex>
class ForkStress : public testing::Test {};
using Mutexes = testing::Types<FutexMutex, SemaMutex, ByteMutex>;
TYPED_TEST_SUITE(ForkStress, Mutexes);

// The fork falls into the first waits of the process, which make the first
// worker records. Comes first here: nothing has been made yet.
TYPED_TEST(ForkStress, WhileTheFirstWorkersAreMade) {
  if (const char* why = WhyNoFork(Others::kRunning)) GTEST_SKIP() << why;
  Random random = Random::Stream(80);
  const auto end = steady_clock::now() + StressTime(milliseconds(1500));
  long forks = 0;
  do {
    const auto delay = random.Microseconds(200);
    const bool early = random.OneIn(2);
    EXPECT_EQ(RunInChild(
                  [delay, early] {
                    auto* mutex = new TypeParam;
                    mutex->lock();
                    std::vector<std::unique_ptr<Thread>> all;
                    for (int t = 0; t < 3; ++t) {
                      all.push_back(std::make_unique<Thread>([mutex] {
                        mutex->lock();
                        mutex->unlock();
                      }));
                    }
                    Burn(delay);
                    const int status = ForkAndContend(*mutex, early);
                    mutex->unlock();
                    for (auto& thread : all) thread->Join();
                    return status;
                  },
                  kParentSeconds),
              0)
        << "fork " << forks << ", PARKWAY_SEED=" << Seed();
    ++forks;
  } while (steady_clock::now() < end && !this->HasFailure());
  EXPECT_GT(forks, 0);
}

TYPED_TEST(ForkStress, ChildrenOfABusyProcess) {
  if (kTsan) {
    GTEST_SKIP() << "TSan does not support threads in the child of a process "
                    "with threads";
  }
  TypeParam guarded;  // held around each fork, as pthread_atfork handlers do
  TypeParam fresh;    // free at each fork
  std::atomic<bool> stop{false};
  std::atomic<int> started{0};
  std::vector<std::unique_ptr<Thread>> all;
  for (int t = 0; t < 4; ++t) {
    all.push_back(std::make_unique<Thread>([&, t] {
      ++started;
      Random random = Random::Stream(70 + static_cast<unsigned>(t));
      SemaNote own;
      while (!stop) {
        if (random.OneIn(3)) {
          if (guarded.try_lock_for(random.Microseconds(100))) guarded.unlock();
        } else {
          guarded.lock();
          if (random.OneIn(8)) usleep(10);
          guarded.unlock();
        }
        if (random.OneIn(16)) own.sleep_for(random.Microseconds(50));
      }
    }));
  }
  // ASan's own locks, which a starting thread takes, do not survive a fork.
  ASSERT_TRUE(Eventually([&] { return started == 4; }));
  long forks = 0;
  const auto end = steady_clock::now() + StressTime(milliseconds(2000));
  do {
    guarded.lock();
    // The same in the first of all handlers in the child.
    const auto early = [&] {
      guarded.unlock();
      fresh.lock();
      fresh.unlock();
      guarded.lock();
    };
    const auto body = [&] {
      guarded.unlock();
      return Contend(guarded) | Contend(fresh);
    };
    EXPECT_EQ(forks % 2 == 0 ? RunInChild(body) : RunInChild(early, body), 0)
        << "fork " << forks << ", PARKWAY_SEED=" << Seed();
    guarded.unlock();
    ++forks;
    // Either way once.
  } while ((steady_clock::now() < end || forks < 2) && !this->HasFailure());
  stop = true;
  for (auto& thread : all) thread->Join();
  EXPECT_GT(forks, 1);
}

}  // namespace
}  // namespace parkway::test
