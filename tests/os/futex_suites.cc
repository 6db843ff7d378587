// SPDX-License-Identifier: Apache-2.0

// What parkway/os/os.h promises of futexsleep() and futexwakeup(), of the
// system that is linked.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "parkway/os/os.h"
#include "tests/os/kernel.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

using Word = std::atomic<std::uint32_t>;

constexpr std::int64_t kMillisecond = 1000000;

// Sleeps as long as *word is 0. False: the time was up.
bool SleepWhileZero(Word& word, std::int64_t deadline) {
  while (word.load(std::memory_order_acquire) == 0) {
    if (!os::futexsleep(&word, 0, deadline)) return false;
  }
  return true;
}

TEST(Futex, AnotherValueIsNoSleep) {
  Word word{1};
  EXPECT_TRUE(os::futexsleep(&word, 0, os::kForever));
  EXPECT_TRUE(
      os::futexsleep(&word, 2, os::nanotime() + 3600000 * kMillisecond));
}

TEST(Futex, SleepsToItsDeadlineAndNoFarther) {
  Word word{0};
  for (const std::int64_t time : {1L, 999L, 70000L, 3L * kMillisecond}) {
    const std::int64_t deadline = os::nanotime() + time;
    EXPECT_FALSE(SleepWhileZero(word, deadline));
    EXPECT_GE(os::nanotime(), deadline);
  }
}

// False says that the deadline has passed, whatever the system calls that.
TEST(Futex, FalseIsNeverTooEarly) {
  Word word{0};
  Random random = Random::Stream(1);
  for (int i = 0; i < 200; ++i) {
    const std::int64_t deadline =
        os::nanotime() + static_cast<std::int64_t>(random.Below(kMillisecond));
    if (!os::futexsleep(&word, 0, deadline)) {
      ASSERT_GE(os::nanotime(), deadline);
    }
  }
}

TEST(Futex, ADeadlineInThePastIsOver) {
  Word word{0};
  EXPECT_FALSE(SleepWhileZero(word, os::nanotime()));
  EXPECT_FALSE(SleepWhileZero(word, 0));
  EXPECT_FALSE(SleepWhileZero(word, -1));
  EXPECT_FALSE(SleepWhileZero(word, INT64_MIN));
}

TEST(Futex, AWakeEndsEveryKindOfSleep) {
  for (const std::int64_t deadline :
       {os::kForever, os::kForever - 1,
        os::nanotime() + 24 * 3600000 * kMillisecond}) {
    Word word{0};
    std::atomic<bool> woken{false};
    Thread sleeper([&] { woken = SleepWhileZero(word, deadline); });
    EXPECT_TRUE(kernel::AwaitAllSleepers(1));
    word.store(1, std::memory_order_release);
    os::futexwakeup(&word, 1);
    sleeper.Join();
    EXPECT_TRUE(woken);
  }
}

// Numbers above what a kernel's int holds as well.
TEST(Futex, AWakeOfAllWakesAll) {
  constexpr int kThreads = 5;
  for (const std::uint32_t count :
       {std::uint32_t{kThreads}, std::uint32_t{INT32_MAX},
        std::uint32_t{INT32_MAX} + 1, UINT32_MAX}) {
    Word word{0};
    std::vector<std::unique_ptr<Thread>> all;
    for (int i = 0; i < kThreads; ++i) {
      all.push_back(std::make_unique<Thread>(
          [&] { EXPECT_TRUE(SleepWhileZero(word, os::kForever)); }));
    }
    EXPECT_TRUE(kernel::AwaitAllSleepers(kThreads));
    word.store(1, std::memory_order_release);
    os::futexwakeup(&word, count);
  }
}

TEST(Futex, AWakeOfNobodyIsNothing) {
  Word word{0};
  os::futexwakeup(&word, 0);
  os::futexwakeup(&word, 1);
  os::futexwakeup(&word, UINT32_MAX);
  EXPECT_FALSE(SleepWhileZero(word, os::nanotime() + kMillisecond));
}

// A wake goes by address: the memory may be gone.
TEST(Futex, AWakeReadsNothing) {
  Page page;
  page.Revoke();
  os::futexwakeup(static_cast<Word*>(page.memory()), 1);
  os::futexwakeup(static_cast<Word*>(page.memory()), UINT32_MAX);
}

// Two threads in turn: a lost wake hangs.
TEST(Futex, NoWakeIsLost) {
  Word word{0};
  const std::uint32_t rounds = Rounds(1000);
  const auto play = [&](std::uint32_t me) {
    for (std::uint32_t round = me; round < rounds; round += 2) {
      std::uint32_t seen = 0;
      while ((seen = word.load(std::memory_order_acquire)) != round) {
        os::futexsleep(&word, seen, os::kForever);
      }
      word.store(round + 1, std::memory_order_release);
      os::futexwakeup(&word, 1);
    }
  };
  {
    Thread even([&] { play(0); });
    Thread odd([&] { play(1); });
  }
  EXPECT_EQ(word, rounds);
}

// The same with ends of time among the wakes.
TEST(Futex, ATimeoutRacesAWake) {
  Word word{0};
  const std::uint32_t rounds = Rounds(500);
  Thread waker([&] {
    Random random = Random::Stream(2);
    for (std::uint32_t round = 0; round < rounds; ++round) {
      while (word.load(std::memory_order_acquire) != 2 * round) {
        std::this_thread::yield();
      }
      Burn(random.Microseconds(60));
      word.store(2 * round + 1, std::memory_order_release);
      os::futexwakeup(&word, 1);
    }
  });
  Random random = Random::Stream(3);
  for (std::uint32_t round = 0; round < rounds; ++round) {
    while (word.load(std::memory_order_acquire) == 2 * round) {
      const std::int64_t deadline =
          os::nanotime() + static_cast<std::int64_t>(random.Below(60000));
      if (!os::futexsleep(&word, 2 * round, deadline)) {
        ASSERT_GE(os::nanotime(), deadline);
      }
    }
    word.store(2 * round + 2, std::memory_order_release);
  }
}

}  // namespace
}  // namespace parkway::test
