// SPDX-License-Identifier: Apache-2.0

// What RwMutex and RwCondVar promise, as typed suites.
#ifndef PARKWAY_TESTS_SUITES_RW_MUTEX_SUITE_H_
#define PARKWAY_TESTS_SUITES_RW_MUTEX_SUITE_H_

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <new>
#include <shared_mutex>
#include <thread>
#include <vector>

#include "parkway/lock/rw_cond_var.h"
#include "parkway/lock/rw_mutex.h"
#include "parkway/os/os.h"
#include "tests/suites/support.h"

namespace parkway::test {

inline std::int64_t In(std::chrono::nanoseconds span) {
  return os::nanotime() + span.count();
}

// A Predicate over a callable that outlives it. Two are equal if they are over
// the same one.
template <class F>
Predicate When(const F& f) {
  return {[](const void* c) { return (*static_cast<const F*>(c))(); },
          [](const void* a, const void* b) { return a == b; }, &f};
}

using ThreadPtr = std::unique_ptr<Thread>;

// Eventually(), asked with the mutex held. A thread that counted itself before
// a wait on a condition variable is in its queue once this is true; that it
// sleeps says less, for a fault may have put it to sleep before.
template <class Mutex, class Condition>
bool EventuallyUnder(Mutex& mutex, const Condition& condition) {
  return Eventually([&] {
    const std::lock_guard<Mutex> lock(mutex);
    return condition();
  });
}

// Whether the waiters of a test have more than one priority, which the Platform
// policy P draws.
template <class P>
inline constexpr bool kMixedPriorities = false;

// P: the Platform policy.
template <class P>
class RwMutexSuite : public testing::Test {
 protected:
  using RwMutex = BasicRwMutex<P>;
  using RwCondVar = BasicRwCondVar<P>;
};
TYPED_TEST_SUITE_P(RwMutexSuite);
// Helpers of this header serve other suites too.
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(RwMutexSuite);

TYPED_TEST_P(RwMutexSuite, AllZeroIsUnlocked) {
  using RwMutex = typename TestFixture::RwMutex;
  alignas(RwMutex) unsigned char bytes[sizeof(RwMutex)] = {};
  auto* const mutex = std::launder(reinterpret_cast<RwMutex*>(bytes));
  EXPECT_TRUE(mutex->try_lock());
  mutex->unlock();
  for (unsigned char b : bytes) EXPECT_EQ(b, 0);
}

TYPED_TEST_P(RwMutexSuite, WritersExcludeAll) {
  using RwMutex = typename TestFixture::RwMutex;
  RwMutex mutex;
  mutex.lock();
  EXPECT_TRUE(mutex.is_locked());
  EXPECT_FALSE(mutex.try_lock());
  EXPECT_FALSE(mutex.try_lock_shared());
  mutex.unlock();
  EXPECT_FALSE(mutex.is_locked_or_shared());
}

TYPED_TEST_P(RwMutexSuite, ReadersExcludeWriters) {
  using RwMutex = typename TestFixture::RwMutex;
  RwMutex mutex;
  mutex.lock_shared();
  EXPECT_TRUE(mutex.try_lock_shared());
  EXPECT_FALSE(mutex.try_lock());
  EXPECT_FALSE(mutex.is_locked());
  mutex.unlock_shared();
  EXPECT_FALSE(mutex.try_lock());
  mutex.unlock_shared();
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
}

TYPED_TEST_P(RwMutexSuite, WorksWithTheStandardGuards) {
  using RwMutex = typename TestFixture::RwMutex;
  RwMutex mutex;
  { const std::lock_guard<RwMutex> lock(mutex); }
  { const std::shared_lock<RwMutex> lock(mutex); }
  { const std::scoped_lock<RwMutex> lock(mutex); }
  EXPECT_FALSE(mutex.is_locked_or_shared());
}

TYPED_TEST_P(RwMutexSuite, AWaitingWriterStopsNewReaders) {
  using RwMutex = typename TestFixture::RwMutex;
  RwMutex mutex;
  mutex.lock_shared();
  Thread writer([&] { const std::lock_guard<RwMutex> lock(mutex); });
  EXPECT_TRUE(Eventually([&] {
    if (!mutex.try_lock_shared()) return true;
    mutex.unlock_shared();
    return false;
  }));
  mutex.unlock_shared();
  writer.Join();
  EXPECT_TRUE(mutex.try_lock_shared());
  mutex.unlock_shared();
}

TYPED_TEST_P(RwMutexSuite, AWriterLetsAllWaitingReadersIn) {
  using RwMutex = typename TestFixture::RwMutex;
  RwMutex mutex;
  mutex.lock();
  std::atomic<int> in{0};
  std::vector<ThreadPtr> readers;
  for (int i = 0; i < 3; ++i) {
    readers.push_back(std::make_unique<Thread>([&] {
      const std::shared_lock<RwMutex> lock(mutex);
      // Together, or never.
      ++in;
      while (in < 3) std::this_thread::yield();
    }));
    readers.back()->WaitAsleep();
  }
  mutex.unlock();
  readers.clear();
  EXPECT_EQ(in, 3);
}

TYPED_TEST_P(RwMutexSuite, AwaitReturnsAtOnceIfItMay) {
  using RwMutex = typename TestFixture::RwMutex;
  RwMutex mutex;
  const auto yes = [] { return true; };
  const auto no = [] { return false; };
  for (const bool shared : {false, true}) {
    shared ? mutex.lock_shared() : mutex.lock();
    EXPECT_TRUE(mutex.await(When(yes), os::kForever, shared));
    EXPECT_FALSE(mutex.await(When(no), os::nanotime() - 1, shared));
    EXPECT_FALSE(
        mutex.await(When(no), In(std::chrono::milliseconds(5)), shared));
    EXPECT_EQ(mutex.is_locked(), !shared);
    EXPECT_TRUE(mutex.is_locked_or_shared());
    shared ? mutex.unlock_shared() : mutex.unlock();
  }
  EXPECT_FALSE(mutex.is_locked_or_shared());
}

TYPED_TEST_P(RwMutexSuite, TheUnlockerEvaluates) {
  using RwMutex = typename TestFixture::RwMutex;
  for (const bool shared : {false, true}) {
    RwMutex mutex;
    bool flag = false;
    const std::thread::id unlocker = std::this_thread::get_id();
    int by_unlocker = 0;
    int by_waiter = 0;
    // Under the mutex, whoever calls it.
    const auto set = [&] {
      ++(std::this_thread::get_id() == unlocker ? by_unlocker : by_waiter);
      return flag;
    };
    bool said = false;
    Thread waiter([&] {
      shared ? mutex.lock_shared() : mutex.lock();
      said = mutex.await(When(set), os::kForever, shared);
      shared ? mutex.unlock_shared() : mutex.unlock();
    });
    ASSERT_TRUE(EventuallyUnder(mutex, [&] { return by_waiter > 0; }));
    mutex.lock();
    const int before = by_waiter;
    by_unlocker = 0;
    mutex.unlock();  // not yet
    EXPECT_EQ(by_unlocker, 1);
    mutex.lock();
    flag = true;
    mutex.unlock();
    waiter.Join();
    EXPECT_TRUE(said);
    EXPECT_EQ(by_unlocker, 2);
    // When it was told, and not before.
    EXPECT_EQ(by_waiter, before + 1);
  }
}

// 100 waiters with the same condition, which does not hold: one evaluation per
// unlock, not 100.
TYPED_TEST_P(RwMutexSuite, EqualConditionsAreEvaluatedOnce) {
  if (kMixedPriorities<TypeParam>) {
    GTEST_SKIP() << "one evaluation for each run of waiters of one priority";
  }
  using RwMutex = typename TestFixture::RwMutex;
  RwMutex mutex;
  bool flag = false;
  std::atomic<int> evaluations{0};
  const auto set = [&] {
    ++evaluations;
    return flag;
  };
  int waiting = 0;
  std::vector<ThreadPtr> waiters;
  for (int i = 0; i < 100; ++i) {
    waiters.push_back(std::make_unique<Thread>([&] {
      const std::lock_guard<RwMutex> lock(mutex);
      ++waiting;
      EXPECT_TRUE(mutex.await(When(set), os::kForever, false));
    }));
  }
  // Some have queued for the mutex in between.
  ASSERT_TRUE(Eventually([&] {
    const std::lock_guard<RwMutex> lock(mutex);
    return waiting == 100;
  }));
  const int before = evaluations;
  for (int i = 0; i < 10; ++i) {
    const std::lock_guard<RwMutex> lock(mutex);
  }
  EXPECT_EQ(evaluations - before, 10);
  {
    const std::lock_guard<RwMutex> lock(mutex);
    flag = true;
  }
  waiters.clear();
}

TYPED_TEST_P(RwMutexSuite, AConditionMayLockAnotherMutex) {
  using RwMutex = typename TestFixture::RwMutex;
  RwMutex mutex;
  RwMutex other;
  int value = 0;
  const auto one = [&] {
    const std::lock_guard<RwMutex> lock(other);
    return value == 1;
  };
  Thread waiter([&] {
    const std::lock_guard<RwMutex> lock(mutex);
    EXPECT_TRUE(mutex.await(When(one), os::kForever, false));
  });
  waiter.WaitAsleep();
  {
    const std::lock_guard<RwMutex> lock(mutex);
    const std::lock_guard<RwMutex> inner(other);
    value = 1;
  }
  waiter.Join();
}

TYPED_TEST_P(RwMutexSuite, TimeoutsAmongEqualConditions) {
  using RwMutex = typename TestFixture::RwMutex;
  RwMutex mutex;
  bool flag = false;
  const auto set = [&flag] { return flag; };
  std::atomic<int> late{0};
  std::vector<ThreadPtr> waiters;
  for (int i = 0; i < 20; ++i) {
    waiters.push_back(std::make_unique<Thread>([&, i] {
      const bool shared = i % 3 == 0;
      shared ? mutex.lock_shared() : mutex.lock();
      const bool timed = i % 2 == 0;
      const bool said = mutex.await(
          When(set), timed ? In(std::chrono::milliseconds(i)) : os::kForever,
          shared);
      EXPECT_NE(said, timed);
      if (timed) ++late;
      shared ? mutex.unlock_shared() : mutex.unlock();
    }));
  }
  while (late < 10) std::this_thread::yield();
  {
    const std::lock_guard<RwMutex> lock(mutex);
    flag = true;
  }
  waiters.clear();
  EXPECT_FALSE(mutex.has_waiters());
  EXPECT_FALSE(mutex.is_locked_or_shared());
}

// A timed waiter in the middle, while the mutex is held.
TYPED_TEST_P(RwMutexSuite, ATimeoutWaitsForTheMutex) {
  using RwMutex = typename TestFixture::RwMutex;
  const auto no = [] { return false; };
  // An attempt in which the waiter had its time before the mutex was taken
  // from it shows nothing.
  bool shown = false;
  for (std::chrono::milliseconds time(10); !shown; time *= 2) {
    RwMutex mutex;
    std::int64_t deadline = 0;
    std::atomic<bool> back{false};
    Thread waiter([&] {
      const std::lock_guard<RwMutex> lock(mutex);
      deadline = In(time);
      EXPECT_FALSE(mutex.await(When(no), deadline, false));
      back = true;
    });
    ASSERT_TRUE(Eventually([&] {
      mutex.lock();
      if (deadline != 0) return true;
      mutex.unlock();
      return false;
    }));
    shown = !back;
    // Its time comes, and it sleeps again.
    ASSERT_TRUE(Eventually([&] { return os::nanotime() > deadline; }));
    waiter.WaitAsleep();
    EXPECT_EQ(back, !shown);
    mutex.unlock();
    waiter.Join();
    EXPECT_TRUE(back);
  }
}

TYPED_TEST_P(RwMutexSuite, SlowOnesStaySlow) {
  using RwMutex = typename TestFixture::RwMutex;
  RwMutex mutex;
  mutex.lock();
  mutex.make_slow();
  EXPECT_TRUE(mutex.is_slow());
  mutex.unlock();
  for (int i = 0; i < 3; ++i) {
    mutex.lock();
    EXPECT_TRUE(mutex.is_slow());
    mutex.unlock();
    EXPECT_TRUE(mutex.is_slow());
    mutex.lock_shared();
    mutex.unlock_shared();
    EXPECT_TRUE(mutex.is_slow());
    mutex.make_slow();
  }
  mutex.forget_slow();
  EXPECT_FALSE(mutex.is_slow());
  mutex.forget_slow();
}

TYPED_TEST_P(RwMutexSuite, MakeSlowDuringUseIsNotLost) {
  using RwMutex = typename TestFixture::RwMutex;
  for (int round = 0; round < Rounds(200); ++round) {
    RwMutex mutex;
    std::atomic<bool> stop{false};
    std::atomic<bool> uses{false};
    Thread user([&] {
      while (!stop) {
        const std::lock_guard<RwMutex> lock(mutex);
        uses.store(true, std::memory_order_relaxed);
      }
    });
    while (!uses) std::this_thread::yield();
    mutex.make_slow();
    stop = true;
    user.Join();
    EXPECT_TRUE(mutex.is_slow());
    mutex.forget_slow();
  }
}

// Readers and writers of two numbers that are always equal, some waiting for
// conditions with and without a deadline.
TYPED_TEST_P(RwMutexSuite, Mix) {
  using RwMutex = typename TestFixture::RwMutex;
  RwMutex mutex;
  long a = 0;
  long b = 0;
  const long rounds = Rounds(3000);
  std::atomic<long> done{0};
  {
    std::vector<ThreadPtr> threads;
    for (int t = 0; t < 6; ++t) {
      threads.push_back(std::make_unique<Thread>([&, t] {
        for (long i = 0; i < rounds; ++i) {
          if (t < 2) {
            mutex.lock();
            ++a;
            if (i % 64 == 0) std::this_thread::yield();
            ++b;
            mutex.unlock();
          } else if (t < 4) {
            mutex.lock_shared();
            ASSERT_EQ(a, b);
            mutex.unlock_shared();
          } else {
            const bool shared = t == 4;
            const auto far = [&] { return a >= i; };
            shared ? mutex.lock_shared() : mutex.lock();
            if (i % 3 == 0) {
              mutex.await(When(far), os::nanotime() + 50000, shared);
            } else {
              ASSERT_TRUE(mutex.await(When(far), os::kForever, shared));
            }
            ASSERT_EQ(a, b);
            shared ? mutex.unlock_shared() : mutex.unlock();
          }
        }
        ++done;
      }));
    }
  }
  EXPECT_EQ(done, 6);
  EXPECT_EQ(a, 2 * rounds);
  EXPECT_FALSE(mutex.is_locked_or_shared());
}

TYPED_TEST_P(RwMutexSuite, CondVarNotifyWithoutWaitersIsLost) {
  using RwMutex = typename TestFixture::RwMutex;
  using RwCondVar = typename TestFixture::RwCondVar;
  RwMutex mutex;
  RwCondVar changed;
  changed.notify_one();
  changed.notify_all();
  mutex.lock();
  EXPECT_FALSE(changed.wait(mutex, false, In(std::chrono::milliseconds(5))));
  EXPECT_TRUE(mutex.is_locked());
  mutex.unlock();
}

TYPED_TEST_P(RwMutexSuite, CondVarNotifyOneTakesTheOldest) {
  using RwMutex = typename TestFixture::RwMutex;
  using RwCondVar = typename TestFixture::RwCondVar;
  RwMutex mutex;
  RwCondVar changed;
  int waiting = 0;
  std::vector<int> order;
  std::vector<ThreadPtr> waiters;
  for (int i = 0; i < 4; ++i) {
    waiters.push_back(std::make_unique<Thread>([&, i] {
      const std::lock_guard<RwMutex> lock(mutex);
      ++waiting;
      EXPECT_TRUE(changed.wait(mutex, false, os::kForever));
      order.push_back(i);
    }));
    ASSERT_TRUE(EventuallyUnder(mutex, [&] { return waiting == i + 1; }));
  }
  for (int i = 0; i < 4; ++i) {
    changed.notify_one();
    waiters[i]->Join();
  }
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3}));
  EXPECT_FALSE(changed.waited_on());
}

// Notified while the mutex is held: they get it one after the other.
TYPED_TEST_P(RwMutexSuite, CondVarNotifyAllUnderTheMutex) {
  using RwMutex = typename TestFixture::RwMutex;
  using RwCondVar = typename TestFixture::RwCondVar;
  RwMutex mutex;
  RwCondVar changed;
  std::atomic<int> waiting{0};
  int back = 0;
  std::vector<ThreadPtr> waiters;
  for (int i = 0; i < 8; ++i) {
    waiters.push_back(std::make_unique<Thread>([&, i] {
      const bool shared = i % 2 == 0;
      shared ? mutex.lock_shared() : mutex.lock();
      ++waiting;
      EXPECT_TRUE(changed.wait(mutex, shared, os::kForever));
      shared ? mutex.unlock_shared() : mutex.unlock();
      const std::lock_guard<RwMutex> lock(mutex);
      ++back;
    }));
    ASSERT_TRUE(EventuallyUnder(mutex, [&] { return waiting == i + 1; }));
  }
  mutex.lock();
  changed.notify_all();
  EXPECT_EQ(back, 0);
  mutex.unlock();
  waiters.clear();
  EXPECT_EQ(back, 8);
  EXPECT_FALSE(mutex.is_locked_or_shared());
}

// Ping-pong with deadlines that race the notifies.
TYPED_TEST_P(RwMutexSuite, CondVarMix) {
  using RwMutex = typename TestFixture::RwMutex;
  using RwCondVar = typename TestFixture::RwCondVar;
  RwMutex mutex;
  RwCondVar changed[2];
  int turn = 0;
  const int rounds = Rounds(3000);
  const auto play = [&](int me) {
    for (int i = 0; i < rounds; ++i) {
      const std::lock_guard<RwMutex> lock(mutex);
      while (turn != me) {
        const bool timed = i % 4 == 0;
        changed[me].wait(mutex, false,
                         timed ? os::nanotime() + 1000 : os::kForever);
      }
      turn = 1 - me;
      if (i % 2 == 0) {
        changed[turn].notify_one();
      } else {
        changed[turn].notify_all();
      }
    }
  };
  Thread one([&] { play(0); });
  Thread two([&] { play(1); });
  one.Join();
  two.Join();
  EXPECT_FALSE(changed[0].waited_on());
  EXPECT_FALSE(changed[1].waited_on());
}

REGISTER_TYPED_TEST_SUITE_P(
    RwMutexSuite, AllZeroIsUnlocked, WritersExcludeAll, ReadersExcludeWriters,
    WorksWithTheStandardGuards, AWaitingWriterStopsNewReaders,
    AWriterLetsAllWaitingReadersIn, AwaitReturnsAtOnceIfItMay,
    TheUnlockerEvaluates, EqualConditionsAreEvaluatedOnce,
    AConditionMayLockAnotherMutex, TimeoutsAmongEqualConditions,
    ATimeoutWaitsForTheMutex, SlowOnesStaySlow, MakeSlowDuringUseIsNotLost, Mix,
    CondVarNotifyWithoutWaitersIsLost, CondVarNotifyOneTakesTheOldest,
    CondVarNotifyAllUnderTheMutex, CondVarMix);

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_SUITES_RW_MUTEX_SUITE_H_
