// SPDX-License-Identifier: Apache-2.0

#include "parkway/absl/mutex.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <thread>
#include <type_traits>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "parkway/absl/switched.h"

namespace {

using parkway::absl::CondVar;
using parkway::absl::Mutex;
using parkway::absl::MutexLock;

static_assert(!std::is_copy_constructible_v<Mutex> &&
              !std::is_copy_assignable_v<Mutex>);
static_assert(!std::is_copy_constructible_v<MutexLock> &&
              !std::is_copy_constructible_v<CondVar>);
// Abseil's sizes.
static_assert(sizeof(Mutex) == 8 && alignof(Mutex) == 8);
static_assert(sizeof(CondVar) == 8 && sizeof(MutexLock) == 8);
static_assert(sizeof(parkway::absl::Condition) == 32);

// A fresh thread's view of the lock: the holder itself must not call try_lock.
bool IsFree(Mutex& mu) {
  bool taken = false;
  std::thread([&] {
    if (mu.TryLock()) {
      taken = true;
      mu.Unlock();
    }
  }).join();
  return taken;
}

TEST(AbslMutex, AllSpellingsAreTheSameLock) {
  Mutex mu;
  mu.Lock();
  EXPECT_FALSE(IsFree(mu));
  mu.Unlock();
  mu.lock();
  EXPECT_FALSE(IsFree(mu));
  mu.unlock();
  mu.WriterLock();
  EXPECT_FALSE(IsFree(mu));
  mu.WriterUnlock();
  if (mu.TryLock()) {
    EXPECT_FALSE(IsFree(mu));
    mu.Unlock();
  } else {
    ADD_FAILURE() << "TryLock of a free mutex failed";
  }
  if (mu.try_lock()) {
    EXPECT_FALSE(IsFree(mu));
    mu.unlock();
  } else {
    ADD_FAILURE() << "try_lock of a free mutex failed";
  }
  if (mu.WriterTryLock()) {
    EXPECT_FALSE(IsFree(mu));
    mu.WriterUnlock();
  } else {
    ADD_FAILURE() << "WriterTryLock of a free mutex failed";
  }
  EXPECT_TRUE(IsFree(mu));
}

TEST(AbslMutex, GuardsHoldForTheirScope) {
  Mutex mu;
  {
    MutexLock lock(&mu);
    EXPECT_FALSE(IsFree(mu));
  }
  EXPECT_TRUE(IsFree(mu));
  {
    MutexLock lock(mu);
    EXPECT_FALSE(IsFree(mu));
  }
  EXPECT_TRUE(IsFree(mu));
  {
    std::lock_guard<Mutex> lock(mu);
    EXPECT_FALSE(IsFree(mu));
  }
  EXPECT_TRUE(IsFree(mu));
}

TEST(AbslMutex, AssertHeldPassesWhileHeld) {
  Mutex mu;
  MutexLock lock(&mu);
  mu.AssertHeld();
}

TEST(AbslMutexDeathTest, AssertHeldEndsTheProgramWhenNobodyHoldsIt) {
  Mutex mu;
  EXPECT_DEATH(mu.AssertHeld(),
               "parkway: Mutex at .*: thread should hold write lock");
}

TEST(AbslMutex, Excludes) {
  Mutex mu;
  long plain = 0;
  constexpr int kThreads = 4;
  constexpr int kTurns = 5000;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int turn = 0; turn < kTurns; ++turn) {
        MutexLock lock(&mu);
        ++plain;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(plain, long{kThreads} * kTurns);
}

TEST(AbslCondVar, SignalEndsAWait) {
  Mutex mu;
  CondVar changed;
  bool flag = false;
  mu.Lock();
  // Gets the mutex when this thread waits.
  std::thread signaller([&] {
    MutexLock lock(&mu);
    flag = true;
    changed.Signal();
  });
  while (!flag) {
    changed.Wait(&mu);
  }
  EXPECT_FALSE(IsFree(mu));
  mu.Unlock();
  signaller.join();
}

TEST(AbslCondVar, SignalAllEndsEveryWait) {
  Mutex mu;
  CondVar changed;
  constexpr int kWaiters = 4;
  bool flag = false;
  int waiting = 0;
  std::vector<std::thread> waiters;
  for (int i = 0; i < kWaiters; ++i) {
    waiters.emplace_back([&] {
      MutexLock lock(&mu);
      ++waiting;
      while (!flag) {
        EXPECT_FALSE(changed.WaitWithTimeout(&mu, absl::InfiniteDuration()));
      }
    });
  }
  for (bool all = false; !all; std::this_thread::yield()) {
    MutexLock lock(&mu);
    all = flag = waiting == kWaiters;
  }
  changed.SignalAll();
  for (std::thread& waiter : waiters) {
    waiter.join();
  }
}

TEST(AbslCondVar, TimedWaitsSayTrueWhenTheTimeIsUp) {
  Mutex mu;
  CondVar never;
  MutexLock lock(&mu);
  const absl::Time start = absl::Now();
  while (!never.WaitWithTimeout(&mu, absl::Milliseconds(20))) {
  }
  EXPECT_GE(absl::Now() - start, absl::Milliseconds(15));
  while (!never.WaitWithDeadline(&mu, absl::Now() + absl::Milliseconds(5))) {
  }
  EXPECT_TRUE(never.WaitWithTimeout(&mu, absl::ZeroDuration()));
  EXPECT_TRUE(never.WaitWithTimeout(&mu, -absl::InfiniteDuration()));
  EXPECT_TRUE(never.WaitWithDeadline(&mu, absl::InfinitePast()));
  EXPECT_FALSE(IsFree(mu));
}

// A reader's time is up beside another that waits for its end, whether a writer
// waits as well or not. If it does not end, the test hangs.
template <class Wait>
void ExpectEndBesideAReader(const Wait& wait) {
  Mutex mu;
  mu.ReaderLock();
  std::atomic<bool> reads{false};
  std::thread waiter([&] {
    mu.ReaderLock();
    reads = true;
    wait(mu);
    mu.ReaderUnlock();
  });
  while (!reads) std::this_thread::yield();
  std::thread writer([&] { MutexLock lock(&mu); });
  waiter.join();
  mu.ReaderUnlock();
  writer.join();
}

TEST(AbslMutex, AConditionsTimeIsUpBesideAReader) {
  const bool never = false;
  ExpectEndBesideAReader([&never](Mutex& mu) {
    EXPECT_FALSE(mu.AwaitWithTimeout(parkway::absl::Condition(&never),
                                     absl::Milliseconds(50)));
  });
}

TEST(AbslCondVar, ANotifysTimeIsUpBesideAReader) {
  CondVar never;
  ExpectEndBesideAReader([&never](Mutex& mu) {
    while (!never.WaitWithTimeout(&mu, absl::Milliseconds(50))) {
    }
  });
}

TEST(AbslCondVar, TheLongestTimesDoNotOverflow) {
  Mutex mu;
  CondVar changed;
  bool flag = false;
  mu.Lock();
  // Gets the mutex when this thread waits.
  std::thread signaller([&] {
    MutexLock lock(&mu);
    flag = true;
    changed.SignalAll();
  });
  while (!flag) {
    EXPECT_FALSE(changed.WaitWithTimeout(&mu, absl::Hours(24 * 365 * 250)));
  }
  mu.Unlock();
  signaller.join();
}

TEST(AbslSwitched, FollowsTheTargetItDependsOn) {
  constexpr bool parkway_selected =
      std::is_same_v<parkway::switched::absl::Mutex, Mutex>;
  EXPECT_STREQ(parkway::switched::absl::kLocks,
               parkway_selected ? "parkway" : "stock");
  parkway::switched::absl::Mutex mu;
  parkway::switched::absl::MutexLock lock(&mu);
}

}  // namespace
