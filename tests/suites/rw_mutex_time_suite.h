// SPDX-License-Identifier: Apache-2.0

// A wait on an RwMutex ends when its time is up, whoever else waits, unless
// the mutex is held in its way. A typed suite.
//
// Each holder waits for the end of the wait that it must not delay: where the
// wait does not end, the test hangs.
#ifndef PARKWAY_TESTS_SUITES_RW_MUTEX_TIME_SUITE_H_
#define PARKWAY_TESTS_SUITES_RW_MUTEX_TIME_SUITE_H_

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>

#include "tests/suites/rw_mutex_suite.h"

namespace parkway::test {

// P: the Platform policy.
template <class P>
class RwMutexTimeSuite : public testing::Test {
 protected:
  using RwMutex = BasicRwMutex<P>;
  using RwCondVar = BasicRwCondVar<P>;
  static constexpr std::chrono::milliseconds kShort{20};

  // wait(mutex, deadline), by a reader beside this thread, which calls end()
  // and reads until that is over. A writer waits behind the two.
  template <class Wait, class End>
  static void ExpectEndBesideAReader(const Wait& wait, const End& end) {
    // An attempt in which the wait was over before the writer slept shows
    // nothing.
    bool shown = false;
    for (auto time = kShort; !shown; time *= 2) {
      RwMutex mutex;
      mutex.lock_shared();
      std::atomic<bool> back{false};
      Thread waiter([&] {
        mutex.lock_shared();
        wait(mutex, In(time));
        back = true;
        mutex.unlock_shared();
      });
      waiter.WaitAsleep();
      Thread writer([&] {
        mutex.lock();
        mutex.unlock();
      });
      shown = writer.WaitAsleep() && !back;
      end();
      waiter.Join();
      mutex.unlock_shared();
    }
  }
};
TYPED_TEST_SUITE_P(RwMutexTimeSuite);

TYPED_TEST_P(RwMutexTimeSuite, AConditionsTimeIsUpBesideAReader) {
  using RwMutex = typename TestFixture::RwMutex;
  const auto no = [] { return false; };
  this->ExpectEndBesideAReader(
      [&](RwMutex& mutex, std::int64_t deadline) {
        EXPECT_FALSE(mutex.await(When(no), deadline, true));
      },
      [] {});
}

TYPED_TEST_P(RwMutexTimeSuite, ANotifysTimeIsUpBesideAReader) {
  using RwMutex = typename TestFixture::RwMutex;
  typename TestFixture::RwCondVar never;
  this->ExpectEndBesideAReader(
      [&](RwMutex& mutex, std::int64_t deadline) {
        EXPECT_FALSE(never.wait(mutex, true, deadline));
      },
      [] {});
}

TYPED_TEST_P(RwMutexTimeSuite, ANotifiedReaderComesBackBesideAReader) {
  using RwMutex = typename TestFixture::RwMutex;
  typename TestFixture::RwCondVar changed;
  // Again after its time, should the notify have come before the wait.
  std::atomic<bool> flag{false};
  this->ExpectEndBesideAReader(
      [&](RwMutex& mutex, std::int64_t) {
        while (!flag) changed.wait(mutex, true, In(std::chrono::seconds(1)));
        flag = false;  // for the next attempt
      },
      [&] {
        flag = true;
        changed.notify_one();
      });
}

TYPED_TEST_P(RwMutexTimeSuite, AReaderComesInAfterAConditionsTimeWasUp) {
  using RwMutex = typename TestFixture::RwMutex;
  RwMutex mutex;
  const auto no = [] { return false; };
  mutex.lock_shared();
  Thread waiter([&] {
    mutex.lock_shared();
    EXPECT_FALSE(mutex.await(When(no), In(this->kShort), true));
    mutex.unlock_shared();
    EXPECT_TRUE(mutex.try_lock_shared());
    mutex.unlock_shared();
  });
  waiter.Join();
  mutex.unlock_shared();
}

// Others wait for a condition while a reader, or a writer, holds the mutex.
TYPED_TEST_P(RwMutexTimeSuite, ATimedLockGivesUpBesideConditions) {
  using RwMutex = typename TestFixture::RwMutex;
  for (const bool held_shared : {true, false}) {
    for (const bool wanted_shared : {true, false}) {
      RwMutex mutex;
      bool flag = false;
      const auto set = [&flag] { return flag; };
      Thread conditional([&] {
        mutex.lock_shared();
        EXPECT_TRUE(mutex.await(When(set), os::kForever, true));
        mutex.unlock_shared();
      });
      conditional.WaitAsleep();
      held_shared ? mutex.lock_shared() : mutex.lock();
      Thread timed([&] {
        if (!wanted_shared) {
          EXPECT_FALSE(mutex.try_lock_for(this->kShort));
        } else if (mutex.try_lock_shared_for(this->kShort)) {
          EXPECT_TRUE(held_shared);
          mutex.unlock_shared();
        } else {
          EXPECT_FALSE(held_shared);
        }
      });
      timed.Join();
      held_shared ? mutex.unlock_shared() : mutex.unlock();
      mutex.lock();
      flag = true;
      mutex.unlock();
      conditional.Join();
    }
  }
}

// Its condition is evaluated at that moment, and stays so.
TYPED_TEST_P(RwMutexTimeSuite, ATimeIsUpWhileAConditionIsEvaluated) {
  using RwMutex = typename TestFixture::RwMutex;
  RwMutex mutex;
  std::atomic<bool> evaluates{false};
  std::atomic<bool> go_on{false};
  std::atomic<bool> back{false};
  std::thread::id evaluator;
  const auto lasts = [&] {
    if (std::this_thread::get_id() != evaluator) return false;
    evaluates = true;
    while (!go_on) std::this_thread::yield();
    return false;
  };
  Thread waiter([&] {
    mutex.lock();
    EXPECT_FALSE(mutex.await(When(lasts), In(this->kShort), false));
    back = true;
    mutex.unlock();
  });
  waiter.WaitAsleep();
  mutex.lock();
  evaluator = std::this_thread::get_id();
  // Long enough for the time to be up, or for nothing to be shown.
  Thread other([&] {
    Eventually([&] { return evaluates || back; });
    const std::int64_t end = In(2 * this->kShort);
    Eventually([&] { return os::nanotime() > end; });
    go_on = true;
  });
  mutex.unlock();
  other.Join();
  waiter.Join();
  EXPECT_FALSE(mutex.has_waiters());
  EXPECT_FALSE(mutex.is_locked_or_shared());
}

REGISTER_TYPED_TEST_SUITE_P(RwMutexTimeSuite, AConditionsTimeIsUpBesideAReader,
                            ANotifysTimeIsUpBesideAReader,
                            ANotifiedReaderComesBackBesideAReader,
                            AReaderComesInAfterAConditionsTimeWasUp,
                            ATimedLockGivesUpBesideConditions,
                            ATimeIsUpWhileAConditionIsEvaluated);

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_SUITES_RW_MUTEX_TIME_SUITE_H_
