// SPDX-License-Identifier: Apache-2.0

// What every note of parkway promises, as a typed suite.
#ifndef PARKWAY_TESTS_SUITES_NOTE_SUITE_H_
#define PARKWAY_TESTS_SUITES_NOTE_SUITE_H_

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <limits>
#include <memory>
#include <new>
#include <thread>

#include "tests/suites/mutex_suite.h"  // SlowClock
#include "tests/suites/support.h"

namespace parkway::test {

// Rounds of a test that wakes and sleeps.
template <class Note>
inline constexpr int kNoteRounds = Rounds(2000);

template <class Note>
class NoteSuite : public testing::Test {};
TYPED_TEST_SUITE_P(NoteSuite);

TYPED_TEST_P(NoteSuite, SleepAfterWakeupReturnsAtOnce) {
  TypeParam note;
  note.wakeup();
  note.sleep();
  note.sleep();
  EXPECT_TRUE(note.sleep_for(std::chrono::nanoseconds(0)));
  EXPECT_TRUE(note.sleep_for(std::chrono::hours::min()));
  EXPECT_TRUE(note.sleep_for(std::chrono::hours::max()));
  EXPECT_TRUE(note.sleep_until(std::chrono::steady_clock::time_point()));
  EXPECT_TRUE(note.sleep_until(std::chrono::system_clock::now() +
                               std::chrono::hours(1)));
}

TYPED_TEST_P(NoteSuite, TimedSleepWithoutTime) {
  using std::chrono::steady_clock;
  using std::chrono::system_clock;
  TypeParam note;
  EXPECT_FALSE(note.sleep_for(std::chrono::nanoseconds(0)));
  EXPECT_FALSE(note.sleep_for(std::chrono::milliseconds(-1)));
  EXPECT_FALSE(note.sleep_for(std::chrono::hours::min()));
  EXPECT_FALSE(note.sleep_until(steady_clock::now()));
  EXPECT_FALSE(note.sleep_until(steady_clock::time_point()));
  EXPECT_FALSE(note.sleep_until(system_clock::now() - std::chrono::hours(1)));
}

TYPED_TEST_P(NoteSuite, TimedSleepWaitsItsTime) {
  TypeParam note;
  const auto for_time = [&note](auto timeout) {
    const auto start = std::chrono::steady_clock::now();
    EXPECT_FALSE(note.sleep_for(timeout));
    EXPECT_GE(std::chrono::steady_clock::now() - start, timeout);
  };
  for_time(std::chrono::nanoseconds(1));
  for_time(std::chrono::microseconds(70));
  for_time(std::chrono::milliseconds(3));
  for_time(std::chrono::duration<double, std::milli>(2.5));
  const auto until = [&note](auto at) {
    using Clock = typename decltype(at)::clock;
    EXPECT_FALSE(note.sleep_until(at));
    EXPECT_GE(Clock::now(), at);
  };
  const std::chrono::milliseconds time(3);
  until(std::chrono::steady_clock::now() + time);
  until(std::chrono::system_clock::now() + time);
  until(SlowClock::now() + time);
}

TYPED_TEST_P(NoteSuite, SleepUntilTheEndsOfTime) {
  using std::chrono::steady_clock;
  using std::chrono::system_clock;
  TypeParam note;
  EXPECT_FALSE(note.sleep_until(steady_clock::time_point::min()));
  EXPECT_FALSE(note.sleep_until(system_clock::time_point::min()));
  bool woken = false;
  Thread sleeper(
      [&] { woken = note.sleep_until(steady_clock::time_point::max()); });
  sleeper.WaitAsleep();
  note.wakeup();
  sleeper.Join();
  EXPECT_TRUE(woken);
}

TYPED_TEST_P(NoteSuite, WakeupEndsEveryKindOfSleep) {
  const auto check = [](auto sleep) {
    TypeParam note;
    bool woken = false;
    int data = 0;
    Thread sleeper([&] {
      woken = sleep(note);
      EXPECT_EQ(data, 7);
    });
    sleeper.WaitAsleep();
    data = 7;
    note.wakeup();
    sleeper.Join();
    EXPECT_TRUE(woken);
  };
  using std::chrono::hours;
  check([](TypeParam& n) { return n.sleep(), true; });
  check([](TypeParam& n) { return n.sleep_for(hours(1)); });
  check([](TypeParam& n) { return n.sleep_for(hours::max()); });
  check([](TypeParam& n) {
    return n.sleep_for(
        std::chrono::duration<double>(std::numeric_limits<double>::infinity()));
  });
  check([](TypeParam& n) {
    return n.sleep_until(std::chrono::steady_clock::now() + hours(1));
  });
  check([](TypeParam& n) {
    return n.sleep_until(std::chrono::system_clock::now() + hours(1));
  });
  check(
      [](TypeParam& n) { return n.sleep_until(SlowClock::now() + hours(1)); });
}

TYPED_TEST_P(NoteSuite, WakeupAfterATimeoutIsKept) {
  TypeParam note;
  EXPECT_FALSE(note.sleep_for(std::chrono::milliseconds(1)));
  EXPECT_FALSE(note.sleep_for(std::chrono::milliseconds(1)));
  note.wakeup();
  note.sleep();
}

TYPED_TEST_P(NoteSuite, SleeperMayChange) {
  TypeParam note;
  Thread([&] {
    EXPECT_FALSE(note.sleep_for(std::chrono::milliseconds(1)));
  }).Join();
  Thread sleeper([&] { note.sleep(); });
  sleeper.WaitAsleep();
  note.wakeup();
  sleeper.Join();
  EXPECT_TRUE(note.sleep_for(std::chrono::nanoseconds(0)));
}

TYPED_TEST_P(NoteSuite, ClearStartsANewRound) {
  TypeParam note;
  note.clear();
  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(note.sleep_for(std::chrono::nanoseconds(0)));
    note.wakeup();
    note.sleep();
    note.clear();
  }
}

// Two notes, reused round after round, as a channel for plain data.
TYPED_TEST_P(NoteSuite, ReuseAsPingPongPublishesData) {
  TypeParam ping;
  TypeParam pong;
  long data = 0;
  const int rounds = kNoteRounds<TypeParam>;
  Thread other([&] {
    for (int i = 0; i < rounds; ++i) {
      ping.sleep();
      ping.clear();
      ASSERT_EQ(data, 2 * i + 1);
      ++data;
      pong.wakeup();
    }
  });
  for (int i = 0; i < rounds; ++i) {
    ASSERT_EQ(data, 2 * i);
    ++data;
    ping.wakeup();
    pong.sleep();
    pong.clear();
  }
}

TYPED_TEST_P(NoteSuite, TimeoutRacesWakeup) {
  TypeParam note;
  std::atomic<int> round{0};
  long data = 0;
  const int rounds = kNoteRounds<TypeParam>;
  Thread waker([&] {
    Random random = Random::Stream(1);
    for (int i = 0; i < rounds; ++i) {
      while (round.load(std::memory_order_acquire) <= i) {
        std::this_thread::yield();
      }
      Burn(random.Microseconds(100));
      ++data;
      note.wakeup();
    }
  });
  Random random = Random::Stream(2);
  for (int i = 0; i < rounds; ++i) {
    note.clear();
    // release: orders the clear() before the waker's round.
    round.store(i + 1, std::memory_order_release);
    // A timeout lost nothing: the next sleep still gets the wakeup.
    while (!note.sleep_for(random.Microseconds(100))) {
    }
    ASSERT_EQ(data, i + 1);
    EXPECT_TRUE(note.sleep_for(std::chrono::nanoseconds(0)));
  }
}

// wakeup() does not look at the note after it has set it.
TYPED_TEST_P(NoteSuite, MemoryMayGoAwayWhenSleepReturns) {
  Page page;
  Random random = Random::Stream(3);
  for (int i = 0; i < kNoteRounds<TypeParam> / 4; ++i) {
    auto* note = new (page.memory()) TypeParam;
    const auto delay = random.Microseconds(40);
    const bool timed = random.OneIn(2);
    {
      Thread waker([note, delay] {
        Burn(delay);
        note->wakeup();
      });
      if (timed) {
        while (!note->sleep_for(std::chrono::microseconds(20))) {
        }
      } else {
        note->sleep();
      }
      page.Revoke();
    }
    page.Restore();
  }
}

// The same on the heap, for ASan.
TYPED_TEST_P(NoteSuite, MayBeDeletedWhenSleepReturns) {
  Random random = Random::Stream(4);
  for (int i = 0; i < kNoteRounds<TypeParam> / 4; ++i) {
    auto note = std::make_unique<TypeParam>();
    const auto delay = random.Microseconds(40);
    Thread waker([note = note.get(), delay] {
      Burn(delay);
      note->wakeup();
    });
    note->sleep();
    note.reset();
  }
}

REGISTER_TYPED_TEST_SUITE_P(NoteSuite, SleepAfterWakeupReturnsAtOnce,
                            TimedSleepWithoutTime, TimedSleepWaitsItsTime,
                            SleepUntilTheEndsOfTime, WakeupEndsEveryKindOfSleep,
                            WakeupAfterATimeoutIsKept, SleeperMayChange,
                            ClearStartsANewRound, ReuseAsPingPongPublishesData,
                            TimeoutRacesWakeup, MemoryMayGoAwayWhenSleepReturns,
                            MayBeDeletedWhenSleepReturns);

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_SUITES_NOTE_SUITE_H_
