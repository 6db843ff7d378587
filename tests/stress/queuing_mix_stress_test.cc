// SPDX-License-Identifier: Apache-2.0

// 2 to 16 threads over a few queuing mutexes: writers, readers, upgrades and
// downgrades. Nobody waits for anything but a mutex, and nothing heals a lost
// wakeup: it hangs.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <thread>

#include "parkway/lock/queuing_mutex.h"
#include "parkway/lock/queuing_mutex_slow.h"
#include "parkway/lock/queuing_rw_mutex.h"
#include "parkway/lock/queuing_rw_mutex_slow.h"
#include "tests/faults/fault_platform.h"
#include "tests/stress/mix.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

// One lock with what it protects: plain data, so that TSan watches too.
template <class P>
struct Cell {
  BasicQueuingMutex<P> mutex;
  BasicQueuingRwMutex<P> shared;
  long value = 0;
  long mirror = 0;
  long shared_value = 0;
  long shared_mirror = 0;
};

template <class P>
class QueuingMix : public StressMix {
 public:
  using StressMix::StressMix;

 protected:
  void Nudge() override {}

  long Sections() override {
    long total = 0;
    for (auto& cell : cells_) {
      typename BasicQueuingMutex<P>::Node node;
      EXPECT_TRUE(cell.mutex.try_lock(node));
      EXPECT_TRUE(cell.shared.try_lock());
      EXPECT_EQ(cell.value, cell.mirror);
      EXPECT_EQ(cell.shared_value, cell.shared_mirror);
      total += cell.value + cell.shared_value;
      cell.shared.unlock();
      cell.mutex.unlock(node);
    }
    return total;
  }

  long Step(int /*id*/, Random& random, Doing& doing) override {
    const auto a = random.Below(kCells);
    const auto b = random.Below(kCells);
    Cell<P>& cell = cells_[a];
    typename BasicQueuingMutex<P>::Node node;
    switch (random.Below(8)) {
      case 0:
        doing.what = "try_lock";
        if (!cell.mutex.try_lock(node)) return 0;
        Section(cell.value, cell.mirror, random);
        cell.mutex.unlock(node);
        return 1;
      case 1: {
        if (a == b) return 0;
        doing.what = "lock two";
        typename BasicQueuingMutex<P>::Node other;
        cells_[std::min(a, b)].mutex.lock(node);
        cells_[std::max(a, b)].mutex.lock(other);
        Section(cells_[a].value, cells_[a].mirror, random);
        Section(cells_[b].value, cells_[b].mirror, random);
        cells_[std::min(a, b)].mutex.unlock(node);
        cells_[std::max(a, b)].mutex.unlock(other);
        return 2;
      }
      case 2:
        doing.what = "lock as writer";
        cell.shared.lock();
        Section(cell.shared_value, cell.shared_mirror, random);
        if (random.OneIn(2)) {
          cell.shared.unlock();
        } else {
          const long seen = cell.shared_value;
          cell.shared.downgrade();
          Pause(random);
          EXPECT_EQ(cell.shared_value, seen);
          cell.shared.unlock_shared();
        }
        return 1;
      case 3:
      case 4: {
        doing.what = "lock as reader";
        cell.shared.lock_shared();
        const long seen = cell.shared_value;
        EXPECT_EQ(seen, cell.shared_mirror);
        Pause(random);
        if (!cell.shared.try_upgrade()) {
          EXPECT_EQ(cell.shared_value, seen);
          cell.shared.unlock_shared();
          return 0;
        }
        EXPECT_EQ(cell.shared_value, seen);
        Section(cell.shared_value, cell.shared_mirror, random);
        cell.shared.unlock();
        return 1;
      }
      case 5:
        doing.what = "try as reader";
        if (cell.shared.try_lock_shared()) {
          EXPECT_EQ(cell.shared_value, cell.shared_mirror);
          cell.shared.unlock_shared();
        }
        return 0;
      default:
        doing.what = "lock";
        cell.mutex.lock(node);
        Section(cell.value, cell.mirror, random);
        cell.mutex.unlock(node);
        return 1;
    }
  }

 private:
  static constexpr std::size_t kCells = 3;

  static void Pause(Random& random) {
    const std::uint64_t choice = random.Below(64);
    if (choice == 0) {
      std::this_thread::sleep_for(random.Microseconds(100));
    } else if (choice < 8) {
      std::this_thread::yield();
    } else if (choice < 16) {
      Burn(random.Microseconds(5));
    }
  }

  static void Section(long& value, long& mirror, Random& random) {
    EXPECT_EQ(value, mirror);
    ++value;
    Pause(random);
    ++mirror;
  }

  Cell<P> cells_[kCells];
};

using Mixes = testing::Types<QueuingMix<Platform>, QueuingMix<Barrier>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Locks, MixStress, Mixes);

}  // namespace
}  // namespace parkway::test
