// SPDX-License-Identifier: Apache-2.0

// The table of sleepers that FutexMutex's unlock goes by: tests of its inside.
#include "parkway/wait/sleepers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "parkway/mutex.h"
#include "parkway/os/os.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

std::uint32_t SleepersNear(const FutexMutex& mutex) {
  return internal::sleeper_slot(&mutex).count();
}

struct alignas(64) Neighbours {
  FutexMutex first;
  FutexMutex second;
};

TEST(Sleepers, WordsOfOneLineShareASlot) {
  static Neighbours lines[1000];
  for (Neighbours& line : lines) {
    EXPECT_EQ(&internal::sleeper_slot(&line.first),
              &internal::sleeper_slot(&line.second));
  }
}

// Of a thousand mutexes, how many share a slot with one of as many sleepers?
TEST(Sleepers, OthersSpreadWhateverLiesBetweenThem) {
  constexpr std::size_t kMany = 1000;
  for (std::uintptr_t stride :
       {std::uintptr_t{64}, std::uintptr_t{80}, std::uintptr_t{128},
        std::uintptr_t{192}, std::uintptr_t{4096}, std::uintptr_t{65536},
        std::uintptr_t{1} << 20, (std::uintptr_t{1} << 21) + 64}) {
    const auto slot = [&](std::size_t i) {
      return internal::sleeper_slot_index(
          reinterpret_cast<const void*>(0x7f0000001000 + i * stride));
    };
    for (const bool in_turns : {false, true}) {
      const auto sleeps = [&](std::size_t i) {
        return in_turns ? i % 2 != 0 : i >= kMany;
      };
      std::set<std::size_t> slots;
      for (std::size_t i = 0; i < 2 * kMany; ++i) {
        if (sleeps(i)) slots.insert(slot(i));
      }
      std::size_t shared = 0;
      for (std::size_t i = 0; i < 2 * kMany; ++i) {
        if (!sleeps(i)) shared += slots.count(slot(i));
      }
      EXPECT_LE(shared, kMany * 16 / 100)
          << "stride " << stride << ", in turns: " << in_turns;
    }
  }
}

// The slot of one word, in a process where barriers work as they are told to.
struct Fake {
  template <class T>
  using Atomic = std::atomic<T>;
};
using Slot = BasicSleeperSlot<Fake>;

TEST(SleeperSlot, IsExactAtFirst) {
  Slot slot;
  EXPECT_FALSE(slot.quiet());
  EXPECT_TRUE(slot.idle());
  // It never was quiet: no barrier.
  EXPECT_TRUE(slot.enter());
  EXPECT_FALSE(slot.idle());
  EXPECT_FALSE(slot.become_quiet());
  slot.leave();
  EXPECT_TRUE(slot.become_quiet());
  EXPECT_TRUE(slot.quiet());
}

TEST(SleeperSlot, AsksForABarrierForEachEra) {
  Slot slot;
  ASSERT_TRUE(slot.become_quiet());
  EXPECT_FALSE(slot.enter());
  EXPECT_FALSE(slot.quiet());
  // Beside one that has not passed its barrier yet.
  EXPECT_FALSE(slot.enter());
  slot.fenced();
  EXPECT_TRUE(slot.enter());
  EXPECT_EQ(slot.count(), 3u);
  for (int i = 0; i < 3; ++i) slot.leave();
  // Not quiet by itself.
  EXPECT_FALSE(slot.quiet());
  EXPECT_TRUE(slot.enter());
  slot.leave();
  EXPECT_TRUE(slot.become_quiet());
  EXPECT_FALSE(slot.enter());
  slot.leave();
  // A barrier that nobody passed is still owed.
  EXPECT_FALSE(slot.enter());
  slot.leave();
}

TEST(SleeperSlot, EndsItsQuietForGood) {
  Slot slot;
  slot.end_quiet();
  EXPECT_TRUE(slot.enter());
  slot.leave();
  ASSERT_TRUE(slot.become_quiet());
  slot.end_quiet();
  EXPECT_FALSE(slot.quiet());
  EXPECT_FALSE(slot.enter());
  slot.leave();
}

// The count sticks at its end: then the slot is never quiet again.
TEST(SleeperSlot, CountsUpToSomeNumber) {
  Slot slot;
  constexpr int kTooMany = 20000;
  for (int i = 0; i < kTooMany; ++i) EXPECT_TRUE(slot.enter());
  for (int i = 0; i < kTooMany; ++i) slot.leave();
  EXPECT_FALSE(slot.idle());
  EXPECT_FALSE(slot.become_quiet());
}

// The next barrier there may come the sooner the less the last ones took.
TEST(Sleepers, HaveLongErasWhereBarriersAreDear) {
  const std::uint32_t before = internal::barrier_ns;
  Neighbours line;
  internal::SleeperSlot& slot = internal::sleeper_slot(&line);
  const auto leave_and_calm = [&] {
    slot.enter();
    const std::int64_t start = os::coarse_nanotime();
    internal::leave_sleeper_slot(&line);
    EXPECT_TRUE(Eventually([&] {
      internal::calm_sleeper_slot(&line);
      return slot.quiet();
    }));
    return os::coarse_nanotime() - start;
  };
  internal::barrier_ns = 1;
  leave_and_calm();
  internal::barrier_ns = UINT32_MAX;
  // By the clock that eras go by, in milliseconds, cut off.
  EXPECT_GE(leave_and_calm(), (internal::kMostEraMs - 2) * 1000000L);
  internal::barrier_ns = before;
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
  EXPECT_TRUE(sleeper.WaitAsleep());
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
          if (i % 64 == 0) std::this_thread::yield();
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
