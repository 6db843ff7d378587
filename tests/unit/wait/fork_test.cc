// SPDX-License-Identifier: Apache-2.0

// A fork leaves the child usable.
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
#include "parkway/wait/worker.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

using std::chrono::milliseconds;

// Contends for `mutex`, which is free, with threads of its own.
template <class Mutex>
int Contend(Mutex& mutex) {
  constexpr int kThreads = 4;
  const int rounds = Rounds(2000);
  long counter = 0;
  CondVar changed;
  {
    std::vector<std::unique_ptr<Thread>> all;
    for (int t = 0; t < kThreads; ++t) {
      all.push_back(std::make_unique<Thread>([&] {
        for (int i = 0; i < rounds; ++i) {
          mutex.lock();
          ++counter;
          if (i % 128 == 0) usleep(50);
          mutex.unlock();
          if (i % 16 == 0 && mutex.try_lock_for(std::chrono::microseconds(5))) {
            mutex.unlock();
          }
        }
        mutex.lock();
        changed.notify_one();
        mutex.unlock();
      }));
    }
    mutex.lock();
    changed.wait(
        mutex, [&] { return counter == static_cast<long>(kThreads) * rounds; });
    mutex.unlock();
  }
  FutexNote futex_note;
  SemaNote sema_note;
  Thread waker([&] {
    usleep(1000);
    futex_note.wakeup();
    sema_note.wakeup();
  });
  futex_note.sleep();
  sema_note.sleep();
  return counter == static_cast<long>(kThreads) * rounds ? 0 : 1;
}

template <class T>
class ForkTest : public testing::Test {};
using Mutexes = testing::Types<FutexMutex, SemaMutex, ByteMutex>;
TYPED_TEST_SUITE(ForkTest, Mutexes);

TYPED_TEST(ForkTest, ChildOfAProcessWithoutThreads) {
  TypeParam mutex;
  EXPECT_EQ(RunInChild([&mutex] { return Contend(mutex); }), 0);
  EXPECT_EQ(Contend(mutex), 0);
  // Once more, with a worker record that came from the parent.
  current_worker();
  EXPECT_EQ(RunInChild([&mutex] { return Contend(mutex); }), 0);
}

TYPED_TEST(ForkTest, GrandchildToo) {
  TypeParam mutex;
  EXPECT_EQ(RunInChild([&mutex] {
              return RunInChild([&mutex] { return Contend(mutex); });
            }),
            0);
}

TYPED_TEST(ForkTest, HeldMutexIsTheChildsToUnlock) {
  TypeParam mutex;
  mutex.lock();
  EXPECT_EQ(RunInChild([&mutex] {
              if (mutex.try_lock()) return 2;
              mutex.unlock();
              return Contend(mutex);
            }),
            0);
  mutex.unlock();
  EXPECT_EQ(Contend(mutex), 0);
}

TYPED_TEST(ForkTest, ChildOfAProcessWithThreads) {
  if (const char* why = WhyNoFork(Others::kRunning)) GTEST_SKIP() << why;
  TypeParam busy;
  TypeParam mutex;
  std::atomic<bool> done{false};
  std::vector<std::unique_ptr<Thread>> all;
  for (int t = 0; t < 3; ++t) {
    all.push_back(std::make_unique<Thread>([&] {
      while (!done) {
        busy.lock();
        usleep(20);
        busy.unlock();
      }
    }));
  }
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(RunInChild([&mutex] { return Contend(mutex); }), 0);
  }
  // From a thread that is not the first one.
  Thread([&] {
    EXPECT_EQ(RunInChild([&mutex] { return Contend(mutex); }), 0);
  }).Join();
  done = true;
}

// pthread_atfork's use: the forking thread holds the mutex, others wait for it
// in the parent, and the child, which has none of these, unlocks its copy.
TYPED_TEST(ForkTest, MutexWithWaitersOfTheParent) {
  if (const char* why = WhyNoFork(Others::kAsleep)) GTEST_SKIP() << why;
  TypeParam mutex;
  mutex.lock();
  std::vector<std::unique_ptr<Thread>> all;
  for (int t = 0; t < 3; ++t) {
    all.push_back(std::make_unique<Thread>([&mutex] {
      mutex.lock();
      mutex.unlock();
    }));
    all.back()->WaitAsleep();
  }
  EXPECT_EQ(RunInChild([&mutex] {
              mutex.unlock();
              return Contend(mutex);
            }),
            0);
  mutex.unlock();
}

// A sleeper of the child has its wake, though the parent's are before it in
// the queue: each round it must get the lock by exactly one unlock.
TYPED_TEST(ForkTest, ParentsWaitersTakeNoWakeOfTheChilds) {
  if (const char* why = WhyNoFork(Others::kAsleep)) GTEST_SKIP() << why;
  TypeParam mutex;
  mutex.lock();
  std::vector<std::unique_ptr<Thread>> all;
  for (int t = 0; t < 24; ++t) {
    all.push_back(std::make_unique<Thread>([&mutex] {
      mutex.lock();
      mutex.unlock();
    }));
    all.back()->WaitAsleep();
  }
  EXPECT_EQ(RunInChild([&mutex] {
              for (int i = 0; i < 20; ++i) {
                Thread waiter([&mutex] {
                  mutex.lock();
                  mutex.unlock();
                });
                waiter.WaitAsleep();
                mutex.unlock();
                waiter.Join();
                mutex.lock();
              }
              return 0;
            }),
            0);
  mutex.unlock();
}

// The same after a waiter of the parent has starved for long enough to ask for
// the lock to be handed to it: in the child there is nobody to take it.
TYPED_TEST(ForkTest, MutexWithAStarvingWaiterOfTheParent) {
  if (const char* why = WhyNoFork(Others::kAsleep)) GTEST_SKIP() << why;
  int forks = 0;
  for (int attempt = 0; attempt < 500 && forks < 5; ++attempt) {
    TypeParam mutex;
    mutex.lock();
    Thread waiter([&mutex] {
      mutex.lock();
      mutex.unlock();
    });
    waiter.WaitAsleep();
    usleep(2 * Platform::kStarvingNs / 1000);
    // Barge past it until it asks. If it was faster, try again.
    std::uint32_t losses = 0;
    bool held = true;
    while (held && losses < Platform::kStarvingLosses) {
      mutex.unlock();
      held = mutex.try_lock();
      if (!held || !waiter.WaitAsleep()) break;
      ++losses;
    }
    if (losses == Platform::kStarvingLosses) {
      ++forks;
      EXPECT_EQ(RunInChild(
                    [&mutex] {
                      mutex.unlock();
                      return Contend(mutex);
                    },
                    20),
                0);
    }
    if (held) mutex.unlock();
    if (testing::Test::HasFailure()) break;
  }
  EXPECT_GT(forks, 0);
}

}  // namespace
}  // namespace parkway::test
