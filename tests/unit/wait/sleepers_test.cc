// SPDX-License-Identifier: Apache-2.0

// The table of sleepers that FutexMutex's unlock goes by: tests of its inside.
#include "parkway/wait/sleepers.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "parkway/mutex.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

std::uint64_t SleepersNear(const FutexMutex& mutex) {
  return internal::sleeper_slot(&mutex).load();
}

struct alignas(64) Neighbours {
  FutexMutex first;
  FutexMutex second;
};

TEST(Sleepers, WordsOfOneLineShareASlotAndOthersSpread) {
  static Neighbours lines[internal::kSleeperSlots];
  for (Neighbours& line : lines) {
    EXPECT_EQ(&internal::sleeper_slot(&line.first),
              &internal::sleeper_slot(&line.second));
    EXPECT_EQ(SleepersNear(line.first), 0u);
    internal::sleeper_slot(&line.first).fetch_add(1);
  }
  for (Neighbours& line : lines) {
    EXPECT_EQ(internal::sleeper_slot(&line.first).fetch_sub(1), 1u);
  }
}

TEST(Sleepers, AreCountedWhileTheyWait) {
  Neighbours line;
  line.first.lock();
  {
    Thread one([&line] { const std::lock_guard<FutexMutex> lock(line.first); });
    Thread two([&line] { const std::lock_guard<FutexMutex> lock(line.first); });
    EXPECT_TRUE(Eventually([&] { return SleepersNear(line.first) == 2; }));
    line.first.unlock();
  }
  EXPECT_EQ(SleepersNear(line.first), 0u);
}

TEST(Sleepers, AreNotCountedAfterATimeout) {
  FutexMutex mutex;
  mutex.lock();
  Thread([&mutex] {
    EXPECT_FALSE(mutex.try_lock_for(std::chrono::milliseconds(5)));
  }).Join();
  EXPECT_EQ(SleepersNear(mutex), 0u);
  mutex.unlock();
}

// Its unlock takes the slow path, finds no sleeper of its own and wakes none.
TEST(Sleepers, OfANeighbourAreLeftAlone) {
  Neighbours line;
  line.first.lock();
  std::atomic<bool> got{false};
  Thread sleeper([&] {
    const std::lock_guard<FutexMutex> lock(line.first);
    got = true;
  });
  sleeper.WaitAsleep();
  for (int i = 0; i < 1000; ++i) {
    line.second.lock();
    EXPECT_FALSE(line.second.try_lock());
    line.second.unlock();
  }
  EXPECT_FALSE(got);
  EXPECT_EQ(SleepersNear(line.second), 1u);
  line.first.unlock();
  sleeper.Join();
  EXPECT_TRUE(got);
}

// Both have sleepers all the time, in the same slot.
TEST(Sleepers, TwoContendedMutexesInOneSlot) {
  Neighbours line;
  long counts[2] = {0, 0};
  const long rounds = Rounds(20000);
  {
    std::vector<std::unique_ptr<Thread>> threads;
    for (int t = 0; t < 4; ++t) {
      threads.push_back(std::make_unique<Thread>([&, t] {
        FutexMutex& mutex = t % 2 == 0 ? line.first : line.second;
        for (long i = 0; i < rounds; ++i) {
          const std::lock_guard<FutexMutex> lock(mutex);
          ++counts[t % 2];
          if (i % 64 == 0) sched_yield();
        }
      }));
    }
  }
  EXPECT_EQ(counts[0], 2 * rounds);
  EXPECT_EQ(counts[1], 2 * rounds);
  EXPECT_EQ(SleepersNear(line.first), 0u);
}

}  // namespace
}  // namespace parkway::test
