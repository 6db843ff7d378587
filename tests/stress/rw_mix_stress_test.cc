// SPDX-License-Identifier: Apache-2.0

// 2 to 16 threads over a few RwMutexes and RwCondVars: readers, writers,
// conditions, notifies, marks, with the invariants checked under each lock.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "parkway/lock/rw_cond_var.h"
#include "parkway/lock/rw_mutex.h"
#include "parkway/os/os.h"
#include "tests/faults/fault_platform.h"
#include "tests/stress/mix.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

template <class P>
class RwMix : public StressMix {
 public:
  RwMix(int threads, std::uint64_t stream) : StressMix(threads, stream) {
    for (auto& cell : cells_) {
      for (long i = 0; i < kGoals; ++i) cell.goals[i] = {this, &cell, i};
    }
  }

 protected:
  void Nudge() override {
    for (auto& cell : cells_) {
      cell.mutex.lock();
      ++cell.changes;
      cell.mutex.unlock();
      cell.changed.notify_all();
    }
  }

  long Sections() override {
    long total = 0;
    for (auto& cell : cells_) {
      EXPECT_FALSE(cell.mutex.has_waiters());
      EXPECT_FALSE(cell.changed.waited_on());
      EXPECT_EQ(cell.mutex.is_slow(), cell.slow);
      cell.mutex.forget_slow();
      EXPECT_FALSE(cell.mutex.is_slow());
      EXPECT_TRUE(cell.mutex.try_lock());
      EXPECT_EQ(cell.value, cell.mirror);
      EXPECT_EQ(cell.readers, 0);
      total += cell.value;
      cell.mutex.unlock();
      EXPECT_TRUE(cell.inner.try_lock());
      cell.inner.unlock();
    }
    return total;
  }

  long Step(int /*id*/, Random& random, Doing& doing) override {
    const auto a = random.Below(kCells);
    const auto b = random.Below(kCells);
    Cell& cell = cells_[a];
    const bool shared = random.OneIn(2);
    switch (random.Below(16)) {
      case 0:
        doing.what = "try_lock";
        if (!cell.mutex.try_lock()) return 0;
        Write(cell, random);
        cell.mutex.unlock();
        return 1;
      case 1:
        doing.what = "try_lock_shared";
        if (cell.mutex.try_lock_shared()) {
          Read(cell, random);
          cell.mutex.unlock_shared();
        }
        return 0;
      case 2:
        if (a == b) return 0;
        doing.what = "lock two";
        cells_[std::min(a, b)].mutex.lock();
        cells_[std::max(a, b)].mutex.lock();
        Write(cells_[a], random);
        Write(cells_[b], random);
        cells_[a].mutex.unlock();
        cells_[b].mutex.unlock();
        return 2;
      case 3:
        doing.what = "timed wait";
        WaitForChange(cell, random, shared, true);
        return 0;
      case 4:
        doing.what = "wait";
        WaitForChange(cell, random, shared, false);
        return 0;
      case 5:
        doing.what = "timed await";
        Await(cell, cell.goals[random.Below(kGoals)], random, shared, true);
        return 0;
      case 6:
      case 7:
        doing.what = "await";
        Await(cell, cell.goals[random.Below(kGoals)], random, shared, false);
        return 0;
      case 8:
        // Contention for what conditions lock.
        doing.what = "inner";
        cell.inner.lock();
        Pause(random);
        cell.inner.unlock();
        return 0;
      case 9:
        if (!random.OneIn(64)) return 0;
        doing.what = "make_slow";
        // An unlock that has begun may undo it for a while: see Sections().
        cell.mutex.make_slow();
        cell.slow = true;
        return 0;
      case 10:
      case 11:
      case 12:
        doing.what = "lock_shared";
        cell.mutex.lock_shared();
        Read(cell, random);
        cell.mutex.unlock_shared();
        return 0;
      default:
        doing.what = "lock";
        cell.mutex.lock();
        Write(cell, random);
        if (random.OneIn(2)) {
          cell.changed.notify_one();
          cell.mutex.unlock();
        } else {
          cell.mutex.unlock();
          cell.changed.notify_all();
        }
        return 1;
    }
  }

 private:
  static constexpr int kCells = 3;
  static constexpr long kGoals = 4;

  // "The number of changes is `rest` modulo kGoals". Waiters that name the same
  // goal are a class.
  struct Cell;
  struct Goal {
    RwMix* mix = nullptr;
    Cell* cell = nullptr;
    long rest = 0;

    bool Reached() const {
      // Half of them lock another mutex.
      if (rest % 2 == 0) {
        cell->inner.lock();
        cell->inner.unlock();
      }
      return mix->done_ || cell->changes % kGoals == rest;
    }
    Predicate predicate() const {
      return {[](const void* goal) {
                return static_cast<const Goal*>(goal)->Reached();
              },
              [](const void* one, const void* other) { return one == other; },
              this};
    }
  };

  // Plain data, so that TSan watches too.
  struct Cell {
    BasicRwMutex<P> mutex;
    BasicRwMutex<P> inner;
    BasicRwCondVar<P> changed;
    std::atomic<int> readers{0};
    long value = 0;
    long mirror = 0;
    // Sections, and rounds of the main thread.
    long changes = 0;
    std::atomic<bool> slow{false};
    Goal goals[kGoals];
  };

  static void Pause(Random& random) {
    switch (random.Below(64)) {
      case 0:
        std::this_thread::yield();
        break;
      case 1:
        std::this_thread::sleep_for(random.Microseconds(100));
        break;
      case 2:
        Burn(random.Microseconds(30));
        break;
      default:
        break;
    }
  }

  static void Write(Cell& cell, Random& random) {
    EXPECT_TRUE(cell.mutex.is_locked());
    ++cell.value;
    ++cell.changes;
    Pause(random);
    ++cell.mirror;
    EXPECT_EQ(cell.mirror, cell.value);
    EXPECT_EQ(cell.readers, 0);
  }

  static void Read(Cell& cell, Random& random) {
    EXPECT_TRUE(cell.mutex.is_locked_or_shared());
    EXPECT_FALSE(cell.mutex.is_locked());
    ++cell.readers;
    EXPECT_EQ(cell.mirror, cell.value);
    Pause(random);
    EXPECT_EQ(cell.mirror, cell.value);
    --cell.readers;
  }

  static void Lock(Cell& cell, bool shared) {
    shared ? cell.mutex.lock_shared() : cell.mutex.lock();
  }
  static void Unlock(Cell& cell, bool shared) {
    shared ? cell.mutex.unlock_shared() : cell.mutex.unlock();
  }

  static void ExpectHeld(Cell& cell, bool shared) {
    EXPECT_EQ(cell.mutex.is_locked(), !shared);
    EXPECT_TRUE(cell.mutex.is_locked_or_shared());
    EXPECT_EQ(cell.mirror, cell.value);
  }

  void WaitForChange(Cell& cell, Random& random, bool shared, bool timed) {
    Lock(cell, shared);
    const long before = cell.changes;
    const std::int64_t deadline =
        timed ? os::nanotime() +
                    std::chrono::nanoseconds(random.Microseconds(300)).count()
              : os::kForever;
    while (!done_ && cell.changes == before) {
      if (cell.changed.wait(cell.mutex, shared, deadline)) continue;
      EXPECT_TRUE(timed);
      EXPECT_GE(os::nanotime(), deadline);
      break;
    }
    ExpectHeld(cell, shared);
    Unlock(cell, shared);
  }

  static void Await(Cell& cell, const Goal& goal, Random& random, bool shared,
                    bool timed) {
    const std::int64_t deadline =
        timed ? os::nanotime() +
                    std::chrono::nanoseconds(random.Microseconds(300)).count()
              : os::kForever;
    Lock(cell, shared);
    const bool reached = cell.mutex.await(goal.predicate(), deadline, shared);
    ExpectHeld(cell, shared);
    if (!reached) {
      EXPECT_TRUE(timed);
      EXPECT_GE(os::nanotime(), deadline);
    } else if (!goal.mix->done_) {
      EXPECT_EQ(cell.changes % kGoals, goal.rest);
    }
    Unlock(cell, shared);
  }

  Cell cells_[kCells];
};

using Mixes = testing::Types<RwMix<Platform>, RwMix<Barrier>, RwMix<NoBarrier>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Locks, MixStress, Mixes);

// Rounds in which every thread does one thing and then keeps off the mutex: a
// waiter that one of them forgets has nobody else to wake it.
template <class P>
class RoundStress : public testing::Test {};
using Platforms = testing::Types<Platform, Barrier, NoBarrier>;
TYPED_TEST_SUITE(RoundStress, Platforms);

TYPED_TEST(RoundStress, NobodyIsForgotten) {
  constexpr int kThreads = 5;
  BasicRwMutex<TypeParam> mutex;
  BasicRwCondVar<TypeParam> changed;
  std::atomic<long> round{0};
  std::atomic<int> ready{0};
  std::atomic<int> back{0};
  long reached = 0;  // the last round that waiters need not wait for
  std::atomic<bool> stop{false};
  std::vector<std::unique_ptr<Thread>> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.push_back(std::make_unique<Thread>([&, t] {
      Random random = Random::Stream(90 + static_cast<unsigned>(t));
      for (long mine = 1;; ++mine) {
        while (round < mine) {
          if (stop) return;
          std::this_thread::yield();
        }
        const auto due = [&reached, mine] { return reached >= mine; };
        const Predicate until = {
            [](const void* c) { return (*static_cast<decltype(&due)>(c))(); },
            [](const void*, const void*) { return true; }, &due};
        const std::int64_t deadline =
            random.OneIn(4)
                ? os::nanotime() + static_cast<std::int64_t>(
                                       random.Microseconds(100).count() * 1000)
                : os::kForever;
        const bool shared = random.OneIn(2);
        const auto how = random.Below(3);
        if (how == 0) ++ready;
        shared ? mutex.lock_shared() : mutex.lock();
        if (how == 1) {
          ++ready;
          if (!mutex.await(until, deadline, shared)) {
            EXPECT_TRUE(mutex.await(until, os::kForever, shared));
          }
        } else if (how == 2) {
          ++ready;
          while (!due()) {
            changed.wait(mutex, shared, deadline);
            if (deadline == os::kForever || due()) continue;
            changed.wait(mutex, shared, os::kForever);
          }
        }
        shared ? mutex.unlock_shared() : mutex.unlock();
        ++back;
      }
    }));
  }
  Random random = Random::Stream(97);
  const auto end =
      std::chrono::steady_clock::now() + StressTime(std::chrono::seconds(1));
  do {
    back = ready = 0;
    ++round;
    ASSERT_TRUE(Eventually([&] { return ready == kThreads; }))
        << "round " << round << ", PARKWAY_SEED=" << Seed();
    mutex.lock();
    reached = round;
    // With the mutex held as writer, as reader, or free.
    const auto held = random.Below(3);
    if (held != 0) mutex.unlock();
    if (held == 1) mutex.lock_shared();
    if (random.OneIn(2)) {
      changed.notify_all();
    } else {
      while (changed.notify_one()) {
      }
    }
    if (random.OneIn(8)) Burn(random.Microseconds(50));
    if (held == 0) mutex.unlock();
    if (held == 1) mutex.unlock_shared();
    ASSERT_TRUE(Eventually([&] { return back == kThreads; }))
        << "round " << round << ", PARKWAY_SEED=" << Seed();
  } while (std::chrono::steady_clock::now() < end);
  stop = true;
  threads.clear();
  EXPECT_GT(round, 0);
  EXPECT_FALSE(mutex.is_locked_or_shared());
}

}  // namespace
}  // namespace parkway::test
