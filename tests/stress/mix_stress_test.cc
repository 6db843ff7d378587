// SPDX-License-Identifier: Apache-2.0

// 2 to 16 threads over a few mutexes, condition variables and notes, with the
// invariants checked under each lock.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <thread>

#include "parkway/lock/byte_mutex.h"
#include "parkway/lock/cond_var.h"
#include "parkway/mutex.h"
#include "parkway/note.h"
#include "tests/faults/fault_platform.h"
#include "tests/stress/mix.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

using std::chrono::steady_clock;

template <class M, class N, class C>
struct Kinds {
  using Mutex = M;
  using Note = N;
  using CondVar = C;
};

// One lock with what it protects: plain data, so that TSan watches too.
template <class K>
struct Cell {
  typename K::Mutex mutex;
  typename K::CondVar changed;
  int inside = 0;
  long value = 0;
  long mirror = 0;
  int waiters = 0;
  // Sections, and rounds of the main thread.
  long changes = 0;
  // Notes of threads that sleep and want to be woken, by exactly one thread.
  std::deque<typename K::Note*> sleepers;
};

template <class K>
class Mix : public StressMix {
 public:
  using StressMix::StressMix;

 protected:
  using Mutex = typename K::Mutex;
  using Note = typename K::Note;

  void Nudge() override {
    for (auto& cell : cells_) {
      cell.mutex.lock();
      WakeOne(cell);
      ++cell.changes;
      cell.mutex.unlock();
      cell.changed.notify_all();
    }
  }

  long Sections() override {
    long total = 0;
    for (auto& cell : cells_) {
      EXPECT_TRUE(cell.mutex.try_lock());
      EXPECT_EQ(cell.value, cell.mirror);
      EXPECT_EQ(cell.inside, 0);
      EXPECT_EQ(cell.waiters, 0);
      EXPECT_TRUE(cell.sleepers.empty());
      total += cell.value;
      cell.mutex.unlock();
    }
    return total;
  }

  long Step(int id, Random& random, Doing& doing) override {
    long sections = 0;
    auto& note = notes_[id];
    if (note == nullptr) note = std::make_unique<Note>();
    const auto a = random.Below(kCells);
    const auto b = random.Below(kCells);
    Cell<K>& cell = cells_[a];
    switch (random.Below(16)) {
      case 0:
        doing.what = "try_lock";
        if (cell.mutex.try_lock()) {
          Section(cell, random);
          sections = 1;
          cell.mutex.unlock();
        }
        break;
      case 1:
      case 2:
        doing.what = "try_lock_for";
        if (cell.mutex.try_lock_for(random.Microseconds(200))) {
          Section(cell, random);
          sections = 1;
          cell.mutex.unlock();
        }
        break;
      case 3:
        doing.what = "try_lock_until";
        if (cell.mutex.try_lock_until(std::chrono::system_clock::now() +
                                      random.Microseconds(200))) {
          Section(cell, random);
          sections = 1;
          cell.mutex.unlock();
        }
        break;
      case 4:
        if (a == b) break;
        doing.what = "lock two";
        cells_[std::min(a, b)].mutex.lock();
        cells_[std::max(a, b)].mutex.lock();
        Section(cells_[a], random);
        Section(cells_[b], random);
        sections = 2;
        cells_[a].mutex.unlock();
        cells_[b].mutex.unlock();
        break;
      case 5:
        doing.what = "timed wait";
        WaitForChange(cell, random, true);
        break;
      case 6:
        doing.what = "wait";
        WaitForChange(cell, random, false);
        break;
      case 7:
        doing.what = "timed sleep";
        SleepOnNote(cell, *note, random, true);
        break;
      case 8:
        doing.what = "sleep";
        SleepOnNote(cell, *note, random, false);
        // Returned: the waker is done with it.
        note = std::make_unique<Note>();
        break;
      case 9:
        doing.what = "wakeup";
        cell.mutex.lock();
        WakeOne(cell);
        cell.mutex.unlock();
        break;
      case 10:
        // Wakes that were meant for memory that used to be here.
        doing.what = "stray wake";
        os::futexwakeup(
            reinterpret_cast<std::atomic<std::uint32_t>*>(&cell.mutex),
            static_cast<std::uint32_t>(1 + random.Below(4)));
        break;
      default:
        doing.what = "lock";
        cell.mutex.lock();
        Section(cell, random);
        sections = 1;
        if (random.OneIn(2)) {
          cell.changed.notify_one();
          cell.mutex.unlock();
        } else {
          cell.mutex.unlock();
          cell.changed.notify_all();
        }
        break;
    }
    return sections;
  }

 private:
  static constexpr int kCells = 3;

  void Section(Cell<K>& cell, Random& random) {
    ASSERT_EQ(++cell.inside, 1);
    ++cell.value;
    ++cell.changes;
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
    ASSERT_EQ(++cell.mirror, cell.value);
    --cell.inside;
  }

  // The mutex is held.
  void WakeOne(Cell<K>& cell) {
    if (cell.sleepers.empty()) return;
    Note* const note = cell.sleepers.front();
    cell.sleepers.pop_front();
    note->wakeup();
  }

  // Waits on a note of its own until some thread wakes it.
  void SleepOnNote(Cell<K>& cell, Note& note, Random& random, bool timed) {
    note.clear();
    cell.mutex.lock();
    cell.sleepers.push_back(&note);
    cell.mutex.unlock();
    if (!timed) {
      note.sleep();
      return;
    }
    if (note.sleep_for(random.Microseconds(300))) return;
    cell.mutex.lock();
    auto& sleepers = cell.sleepers;
    const auto mine = std::find(sleepers.begin(), sleepers.end(), &note);
    const bool unclaimed = mine != sleepers.end();
    if (unclaimed) sleepers.erase(mine);
    cell.mutex.unlock();
    // Claimed: the wakeup has been made under the mutex.
    if (!unclaimed) {
      EXPECT_TRUE(note.sleep_for(std::chrono::nanoseconds(0)));
    }
  }

  void WaitForChange(Cell<K>& cell, Random& random, bool timed) {
    cell.mutex.lock();
    const long before = cell.changes;
    ++cell.waiters;
    if (timed) {
      const auto time = random.Microseconds(300);
      const auto start = steady_clock::now();
      if (!cell.changed.wait_for(cell.mutex, time)) {
        EXPECT_GE(steady_clock::now() - start, time);
      }
    } else {
      cell.changed.wait(cell.mutex,
                        [&] { return done_ || cell.changes != before; });
    }
    EXPECT_EQ(cell.inside, 0);
    --cell.waiters;
    cell.mutex.unlock();
  }

  Cell<K> cells_[kCells];
  // Of each thread, used again and again unless a sleep without a deadline
  // ended.
  std::unique_ptr<Note> notes_[kMaxThreads];
};

using FutexKinds = Kinds<FutexMutex, FutexNote, CondVar>;
using SemaKinds = Kinds<SemaMutex, SemaNote, CondVar>;
using ByteKinds = Kinds<ByteMutex, SemaNote, CondVar>;
using FaultyFutexKinds = Kinds<BasicFutexMutex<Barrier>,
                               BasicFutexNote<Barrier>, BasicCondVar<Barrier>>;
using NoBarrierKinds =
    Kinds<BasicFutexMutex<NoBarrier>, BasicFutexNote<NoBarrier>,
          BasicCondVar<NoBarrier>>;
using FaultySemaKinds = Kinds<BasicSemaMutex<Barrier>, BasicSemaNote<Barrier>,
                              BasicCondVar<Barrier>>;
using FaultyByteKinds = Kinds<BasicByteMutex<Barrier>, BasicSemaNote<Barrier>,
                              BasicCondVar<Barrier>>;
using Mixes = testing::Types<Mix<FutexKinds>, Mix<SemaKinds>, Mix<ByteKinds>,
                             Mix<FaultyFutexKinds>, Mix<NoBarrierKinds>,
                             Mix<FaultySemaKinds>, Mix<FaultyByteKinds>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Locks, MixStress, Mixes);

}  // namespace
}  // namespace parkway::test
