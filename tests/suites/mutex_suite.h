// SPDX-License-Identifier: Apache-2.0

// What every mutex of parkway promises, as a typed suite.
#ifndef PARKWAY_TESTS_SUITES_MUTEX_SUITE_H_
#define PARKWAY_TESTS_SUITES_MUTEX_SUITE_H_

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <limits>
#include <memory>
#include <mutex>
#include <new>
#include <ratio>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "tests/suites/support.h"

namespace parkway::test {

// Critical sections per thread where a test counts them.
template <class Mutex>
inline constexpr int kSections = Rounds(20000);

// Runs at half the speed of time: a wait that trusted the monotonic clock
// would end early.
struct SlowClock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<SlowClock>;
  static constexpr bool is_steady = false;
  static time_point now() {
    return time_point(std::chrono::steady_clock::now().time_since_epoch() / 2);
  }
};

// As another thread sees it: the owner itself must not call try_lock().
template <class Mutex>
bool IsFree(Mutex& mutex) {
  bool taken = false;
  std::thread([&] {
    taken = mutex.try_lock();
    if (taken) mutex.unlock();
  }).join();
  return taken;
}

template <class Mutex>
class MutexSuite : public testing::Test {};
TYPED_TEST_SUITE_P(MutexSuite);
// Helpers of this header serve other suites too.
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(MutexSuite);

TYPED_TEST_P(MutexSuite, LockAndUnlock) {
  TypeParam mutex;
  EXPECT_TRUE(IsFree(mutex));
  for (int i = 0; i < 3; ++i) {
    mutex.lock();
    EXPECT_FALSE(IsFree(mutex));
    mutex.unlock();
    EXPECT_TRUE(IsFree(mutex));
  }
}

TYPED_TEST_P(MutexSuite, TryLockTakesAFreeMutexOnly) {
  TypeParam mutex;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(mutex.try_lock());
    EXPECT_FALSE(IsFree(mutex));
    mutex.unlock();
  }
  Holder<TypeParam> holder(mutex);
  EXPECT_FALSE(mutex.try_lock());
  holder.Release();
  ASSERT_TRUE(mutex.try_lock());
  mutex.unlock();
}

TYPED_TEST_P(MutexSuite, TryLockNeverFailsOnAFreeMutex) {
  TypeParam mutex;
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(mutex.try_lock());
    mutex.unlock();
  }
}

TYPED_TEST_P(MutexSuite, TryLockForWithoutTime) {
  using std::chrono::hours;
  using std::chrono::milliseconds;
  using std::chrono::nanoseconds;
  TypeParam mutex;
  const auto check = [&mutex](bool free) {
    const auto once = [&mutex, free](auto timeout) {
      EXPECT_EQ(mutex.try_lock_for(timeout), free);
      if (free) mutex.unlock();
    };
    once(nanoseconds(0));
    once(nanoseconds(-1));
    once(milliseconds(-5));
    once(nanoseconds::min());
    once(hours::min());
    once(std::chrono::duration<double>(0.0));
    once(std::chrono::duration<double>(-1e300));
  };
  check(true);
  Holder<TypeParam> holder(mutex);
  check(false);
}

TYPED_TEST_P(MutexSuite, TryLockForWaitsItsTime) {
  TypeParam mutex;
  Holder<TypeParam> holder(mutex);
  const auto check = [&mutex](auto timeout) {
    const auto start = std::chrono::steady_clock::now();
    EXPECT_FALSE(mutex.try_lock_for(timeout));
    EXPECT_GE(std::chrono::steady_clock::now() - start, timeout);
  };
  check(std::chrono::nanoseconds(1));
  check(std::chrono::microseconds(70));
  check(std::chrono::milliseconds(3));
  check(std::chrono::duration<double, std::milli>(2.5));
  check(std::chrono::duration<int, std::ratio<1, 300>>(1));
}

TYPED_TEST_P(MutexSuite, TryLockForTakesAFreeMutex) {
  TypeParam mutex;
  ASSERT_TRUE(mutex.try_lock_for(std::chrono::milliseconds(1)));
  EXPECT_FALSE(IsFree(mutex));
  mutex.unlock();
  ASSERT_TRUE(mutex.try_lock_for(std::chrono::hours::max()));
  mutex.unlock();
}

TYPED_TEST_P(MutexSuite, HugeTimeoutsLastUntilTheUnlock) {
  TypeParam mutex;
  const auto check = [&mutex](auto timeout) {
    Holder<TypeParam> holder(mutex);
    bool taken = false;
    Thread waiter([&] {
      taken = mutex.try_lock_for(timeout);
      if (taken) mutex.unlock();
    });
    waiter.WaitAsleep();
    holder.Release();
    waiter.Join();
    EXPECT_TRUE(taken);
  };
  check(std::chrono::hours(24));
  check(std::chrono::hours::max());
  check(std::chrono::nanoseconds::max());
  check(std::chrono::duration<float>(1e30f));
  check(std::chrono::duration<double, std::nano>(9.2e18));
  check(std::chrono::duration<double>(std::numeric_limits<double>::infinity()));
}

TYPED_TEST_P(MutexSuite, TryLockUntilAPastTimeIsATryLock) {
  using std::chrono::steady_clock;
  using std::chrono::system_clock;
  TypeParam mutex;
  const auto check = [&mutex](bool free) {
    const auto once = [&mutex, free](auto at) {
      EXPECT_EQ(mutex.try_lock_until(at), free);
      if (free) mutex.unlock();
    };
    once(steady_clock::now());
    once(steady_clock::now() - std::chrono::hours(1));
    once(steady_clock::time_point());
    once(system_clock::now() - std::chrono::seconds(1));
    once(system_clock::time_point());
    once(SlowClock::now() - std::chrono::milliseconds(1));
  };
  check(true);
  Holder<TypeParam> holder(mutex);
  check(false);
}

// The subtraction "time left" must not overflow.
TYPED_TEST_P(MutexSuite, TryLockUntilTheEndsOfTime) {
  using std::chrono::steady_clock;
  using std::chrono::system_clock;
  TypeParam mutex;
  {
    Holder<TypeParam> holder(mutex);
    EXPECT_FALSE(mutex.try_lock_until(steady_clock::time_point::min()));
    EXPECT_FALSE(mutex.try_lock_until(system_clock::time_point::min()));
  }
  const auto check = [&mutex](auto at) {
    Holder<TypeParam> holder(mutex);
    bool taken = false;
    Thread waiter([&] {
      taken = mutex.try_lock_until(at);
      if (taken) mutex.unlock();
    });
    waiter.WaitAsleep();
    holder.Release();
    waiter.Join();
    EXPECT_TRUE(taken);
  };
  check(steady_clock::time_point::max());
  check(system_clock::time_point::max());
  check(std::chrono::time_point<system_clock, std::chrono::seconds>::max());
  check(std::chrono::time_point<steady_clock, std::chrono::hours>::max());
}

TYPED_TEST_P(MutexSuite, TryLockUntilWaitsByTheClockOfItsTime) {
  TypeParam mutex;
  Holder<TypeParam> holder(mutex);
  const auto check = [&mutex](auto at) {
    using Clock = typename decltype(at)::clock;
    EXPECT_FALSE(mutex.try_lock_until(at));
    EXPECT_GE(Clock::now(), at);
  };
  const std::chrono::milliseconds time(3);
  check(std::chrono::steady_clock::now() + time);
  check(std::chrono::system_clock::now() + time);
  check(SlowClock::now() + time);
}

TYPED_TEST_P(MutexSuite, TryLockUntilTakesAReleasedMutex) {
  TypeParam mutex;
  const auto check = [&mutex](auto at) {
    Holder<TypeParam> holder(mutex);
    bool taken = false;
    Thread waiter([&] {
      taken = mutex.try_lock_until(at);
      if (taken) mutex.unlock();
    });
    waiter.WaitAsleep();
    holder.Release();
    waiter.Join();
    EXPECT_TRUE(taken);
  };
  check(std::chrono::steady_clock::now() + std::chrono::hours(1));
  check(std::chrono::system_clock::now() + std::chrono::hours(1));
  check(SlowClock::now() + std::chrono::hours(1));
}

TYPED_TEST_P(MutexSuite, WorksWithTheStandardGuards) {
  TypeParam a;
  TypeParam b;
  {
    std::lock_guard<TypeParam> guard(a);
    EXPECT_FALSE(IsFree(a));
  }
  EXPECT_TRUE(IsFree(a));
  {
    std::unique_lock<TypeParam> lock(a, std::defer_lock);
    EXPECT_TRUE(IsFree(a));
    EXPECT_TRUE(lock.try_lock());
    lock.unlock();
    EXPECT_TRUE(lock.try_lock_for(std::chrono::milliseconds(1)));
    lock.unlock();
    EXPECT_TRUE(lock.try_lock_until(std::chrono::system_clock::now()));
    EXPECT_FALSE(IsFree(a));
  }
  EXPECT_TRUE(IsFree(a));
  {
    std::scoped_lock lock(a, b);
    EXPECT_FALSE(IsFree(a));
    EXPECT_FALSE(IsFree(b));
    Thread([&a] {
      std::unique_lock<TypeParam> lock(a, std::try_to_lock);
      EXPECT_FALSE(lock.owns_lock());
    }).Join();
  }
  EXPECT_TRUE(IsFree(a));
  EXPECT_TRUE(IsFree(b));
}

TYPED_TEST_P(MutexSuite, ScopedLockInBothOrdersDoesNotDeadlock) {
  TypeParam a;
  TypeParam b;
  int both = 0;
  const int rounds = kSections<TypeParam> / 10;
  {
    Thread one([&] {
      for (int i = 0; i < rounds; ++i) {
        std::scoped_lock lock(a, b);
        ++both;
      }
    });
    Thread two([&] {
      for (int i = 0; i < rounds; ++i) {
        std::scoped_lock lock(b, a);
        ++both;
      }
    });
  }
  EXPECT_EQ(both, 2 * rounds);
}

TYPED_TEST_P(MutexSuite, WorksWithConditionVariableAny) {
  TypeParam mutex;
  std::condition_variable_any changed;
  int turn = 0;
  const auto player = [&](int me) {
    for (int i = 0; i < 100; ++i) {
      std::unique_lock<TypeParam> lock(mutex);
      changed.wait(lock, [&] { return turn % 2 == me; });
      ++turn;
      changed.notify_all();
    }
  };
  {
    Thread even([&] { player(0); });
    Thread odd([&] { player(1); });
  }
  EXPECT_EQ(turn, 200);
  std::unique_lock<TypeParam> lock(mutex);
  EXPECT_FALSE(changed.wait_for(lock, std::chrono::milliseconds(1),
                                [] { return false; }));
  EXPECT_FALSE(IsFree(mutex));
}

// By every way to lock, at once. The counter is no atomic: TSan sees to it.
TYPED_TEST_P(MutexSuite, ExcludesOthers) {
  for (const int threads : {2, 4, 16}) {
    TypeParam mutex;
    long counter = 0;
    long inside = 0;
    std::atomic<long> sections{0};
    {
      std::vector<std::unique_ptr<Thread>> all;
      for (int t = 0; t < threads; ++t) {
        all.push_back(std::make_unique<Thread>([&, t] {
          Random random = Random::Stream(100 + t);
          const int rounds = kSections<TypeParam> / threads;
          long mine = 0;
          for (int i = 0; i < rounds; ++i) {
            bool taken = true;
            switch (random.Below(4)) {
              case 0:
                taken = mutex.try_lock();
                break;
              case 1:
                taken = mutex.try_lock_for(random.Microseconds(50));
                break;
              default:
                mutex.lock();
            }
            if (!taken) continue;
            ASSERT_EQ(++inside, 1);
            ++counter;
            if (random.OneIn(256)) std::this_thread::yield();
            --inside;
            mutex.unlock();
            ++mine;
          }
          sections += mine;
        }));
      }
    }
    EXPECT_EQ(counter, sections);
    EXPECT_TRUE(IsFree(mutex));
  }
}

TYPED_TEST_P(MutexSuite, AllSleepersGetTheirTurn) {
  TypeParam mutex;
  int turns = 0;
  {
    std::vector<std::unique_ptr<Thread>> all;
    Holder<TypeParam> holder(mutex);
    for (int i = 0; i < 8; ++i) {
      all.push_back(std::make_unique<Thread>([&] {
        std::lock_guard<TypeParam> guard(mutex);
        ++turns;
      }));
    }
    for (auto& thread : all) thread->WaitAsleep();
    // Exactly one unlock: each sleeper has to wake the next.
    holder.Release();
  }
  EXPECT_EQ(turns, 8);
}

// A waiter that gives up takes nobody's wake with it, in whatever order they
// came and whoever the unlock wakes.
TYPED_TEST_P(MutexSuite, TimeoutLeavesTheOtherSleepersTheirWake) {
  for (int order = 0; order < 3; ++order) {
    // One whose time was up before all slept shows nothing.
    bool shown = false;
    for (std::chrono::milliseconds time(30); !shown; time *= 2) {
      TypeParam mutex;
      std::atomic<int> given_up{0};
      std::vector<std::unique_ptr<Thread>> all;
      Holder<TypeParam> holder(mutex);
      const auto sleeper = [&] {
        all.push_back(std::make_unique<Thread>([&mutex] {
          mutex.lock();
          mutex.unlock();
        }));
        all.back()->WaitAsleep();
      };
      const auto timed = [&] {
        all.push_back(std::make_unique<Thread>([&mutex, &given_up, time] {
          EXPECT_FALSE(mutex.try_lock_for(time));
          ++given_up;
        }));
        all.back()->WaitAsleep();
      };
      if (order != 0) sleeper();
      timed();
      if (order != 1) sleeper();
      shown = given_up == 0;
      ASSERT_TRUE(Eventually([&] { return given_up == 1; }));
      holder.Release();
      for (auto& thread : all) thread->Join();
      EXPECT_TRUE(IsFree(mutex));
    }
  }
}

// The same with the timeout as close to the unlock as it gets.
TYPED_TEST_P(MutexSuite, TimeoutRacesUnlock) {
  Random random = Random::Stream(1);
  const int rounds = kSections<TypeParam> / 200;
  for (int i = 0; i < rounds; ++i) {
    TypeParam mutex;
    long turns = 0;
    long timed_turns = 0;
    std::atomic<int> expected{2};
    mutex.lock();
    std::vector<std::unique_ptr<Thread>> all;
    for (int t = 0; t < 5; ++t) {
      const auto time = random.Microseconds(600);
      if (t % 2 == 0) {
        all.push_back(std::make_unique<Thread>([&, time] {
          if (!mutex.try_lock_for(time)) return;
          ++timed_turns;
          mutex.unlock();
        }));
      } else {
        all.push_back(std::make_unique<Thread>([&] {
          mutex.lock();
          ++turns;
          mutex.unlock();
        }));
      }
    }
    std::this_thread::sleep_for(random.Microseconds(600));
    mutex.unlock();
    for (auto& thread : all) thread->Join();
    EXPECT_EQ(turns, expected);
    EXPECT_LE(timed_turns, 3);
    ASSERT_TRUE(IsFree(mutex));
  }
}

// Time is up just when the mutex was released to a waiter and taken by somebody
// else at once: leaving, the waiter must not take with it the wake that it got.
TYPED_TEST_P(MutexSuite, TimeoutRacesUnlockAndRelock) {
  Random random = Random::Stream(5);
  const int rounds = kSections<TypeParam> / 60;
  for (int i = 0; i < rounds; ++i) {
    TypeParam mutex;
    const auto time = std::chrono::microseconds(150) + random.Microseconds(100);
    const auto unlock_time =
        time - std::chrono::microseconds(20) + random.Microseconds(60);
    const auto relocked_time = random.Microseconds(150);
    std::atomic<int> ready{0};
    std::chrono::steady_clock::time_point start;
    mutex.lock();
    // The first to sleep is the one that a futex wakes.
    Thread timed([&] {
      start = std::chrono::steady_clock::now();
      ready = 1;
      if (mutex.try_lock_for(time)) mutex.unlock();
    });
    while (ready == 0) std::this_thread::yield();
    Thread sleeper([&] {
      mutex.lock();
      mutex.unlock();
    });
    while (std::chrono::steady_clock::now() < start + unlock_time) {
    }
    mutex.unlock();
    mutex.lock();
    Burn(relocked_time);
    mutex.unlock();
    // And no other unlock to come.
    timed.Join();
    sleeper.Join();
    ASSERT_TRUE(IsFree(mutex));
  }
}

// A thread that lets go only to take the mutex again can't keep others out.
// The watchdog is the only limit: how soon is no matter of this test.
TYPED_TEST_P(MutexSuite, WaiterIsNotStarvedByAThreadThatRelocks) {
  for (const int waiters : {1, 3}) {
    for (const int busy_us : {0, 20, 200}) {
      TypeParam mutex;
      std::atomic<int> waiting{waiters};
      long turns = 0;
      {
        Thread hog([&] {
          while (waiting > 0) {
            std::lock_guard<TypeParam> guard(mutex);
            Burn(std::chrono::microseconds(busy_us));
          }
        });
        std::vector<std::unique_ptr<Thread>> all;
        for (int i = 0; i < waiters; ++i) {
          all.push_back(std::make_unique<Thread>([&] {
            {
              std::lock_guard<TypeParam> guard(mutex);
              ++turns;
            }
            --waiting;
          }));
        }
      }
      EXPECT_EQ(turns, waiters);
    }
  }
}

// The last user may take the memory away: unlock() does not look back.
TYPED_TEST_P(MutexSuite, MemoryMayGoAwayAfterTheLastUnlock) {
  struct Shared {
    TypeParam mutex;
    int users = 0;
  };
  Page page;
  const int rounds = kSections<TypeParam> / 100;
  Random random = Random::Stream(2);
  for (int i = 0; i < rounds; ++i) {
    auto* shared = new (page.memory()) Shared;
    shared->users = 3;
    const auto use = [&page, shared] {
      shared->mutex.lock();
      const bool last = --shared->users == 0;
      shared->mutex.unlock();
      if (last) page.Revoke();
    };
    const auto delay = random.Microseconds(30);
    {
      Thread one(use);
      Thread two(use);
      Burn(delay);
      use();
    }
    page.Restore();
  }
}

REGISTER_TYPED_TEST_SUITE_P(
    MutexSuite, LockAndUnlock, TryLockTakesAFreeMutexOnly,
    TryLockNeverFailsOnAFreeMutex, TryLockForWithoutTime,
    TryLockForWaitsItsTime, TryLockForTakesAFreeMutex,
    HugeTimeoutsLastUntilTheUnlock, TryLockUntilAPastTimeIsATryLock,
    TryLockUntilTheEndsOfTime, TryLockUntilWaitsByTheClockOfItsTime,
    TryLockUntilTakesAReleasedMutex, WorksWithTheStandardGuards,
    ScopedLockInBothOrdersDoesNotDeadlock, WorksWithConditionVariableAny,
    ExcludesOthers, AllSleepersGetTheirTurn,
    TimeoutLeavesTheOtherSleepersTheirWake, TimeoutRacesUnlock,
    TimeoutRacesUnlockAndRelock, WaiterIsNotStarvedByAThreadThatRelocks,
    MemoryMayGoAwayAfterTheLastUnlock);

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_SUITES_MUTEX_SUITE_H_
