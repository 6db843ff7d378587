// SPDX-License-Identifier: Apache-2.0

// Tasks and threads over a few locks of every kind for tasks, with the
// invariants checked under each, until the time is up. All waits may be at
// once: the main thread wakes.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <memory>
#include <thread>

#include "parkway/task/park.h"
#include "parkway/task/task_platform.h"
#include "tests/faults/fault_task_platform.h"
#include "tests/suites/jobs.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

using std::chrono::steady_clock;

// Locks with what they protect: plain data, so that TSan watches too.
template <class T>
struct Cell {
  typename T::Mutex mutex;
  typename T::CondVar changed;
  int inside = 0;
  long value = 0;
  long mirror = 0;
  long changes = 0;
  int waiters = 0;
  // Who sleeps and wants to be woken, by exactly one.
  std::deque<typename T::Note*> sleepers;
  std::deque<Waiter*> parked;

  typename T::RwMutex rw_mutex;
  long written = 0;
  long rewritten = 0;

  static constexpr int kPermits = 2;
  typename T::Semaphore semaphore{kPermits};
  std::atomic<int> admitted{0};
};

template <class T, class Jobs>
class TaskMix {
 public:
  // `stream` picks the random choices.
  void Run(int jobs_at_once, std::chrono::nanoseconds time,
           std::uint64_t stream) {
    left_ = jobs_at_once;
    Jobs jobs;
    for (int i = 0; i < jobs_at_once; ++i) {
      const auto seed = stream * 256 + static_cast<unsigned>(i);
      jobs.Start([this, seed] { Work(Random::Stream(seed)); });
    }
    const auto end = steady_clock::now() + time;
    while (left_ > 0) {
      std::this_thread::sleep_for(std::chrono::microseconds(500));
      if (steady_clock::now() >= end) done_ = true;
      for (auto& cell : cells_) Nudge(cell);
    }
    jobs.Join();
    Check();
  }

 private:
  using Mutex = typename T::Mutex;
  using Note = typename T::Note;
  using C = Cell<T>;

  static constexpr int kCells = 3;

  void Work(Random random) {
    long sections = 0;
    long writes = 0;
    // At least one, also on a machine that is too busy to have run it in time.
    while (!done_ || sections == 0) Step(random, sections, writes);
    sections_ += sections;
    writes_ += writes;
    --left_;
  }

  void Step(Random& random, long& sections, long& writes) {
    const auto a = random.Below(kCells);
    const auto b = random.Below(kCells);
    C& cell = cells_[a];
    switch (random.Below(16)) {
      case 0:
        if (!cell.mutex.try_lock()) break;
        Section(cell, random, sections);
        cell.mutex.unlock();
        break;
      case 1:
      case 2:
        if (!cell.mutex.try_lock_for(random.Microseconds(200))) break;
        Section(cell, random, sections);
        cell.mutex.unlock();
        break;
      case 3:
        if (a == b) break;
        cells_[std::min(a, b)].mutex.lock();
        cells_[std::max(a, b)].mutex.lock();
        Section(cells_[a], random, sections);
        Section(cells_[b], random, sections);
        cells_[a].mutex.unlock();
        cells_[b].mutex.unlock();
        break;
      case 4:
        WaitForChange(cell, random, true);
        break;
      case 5:
        WaitForChange(cell, random, false);
        break;
      case 6:
        SleepOnNote(cell, random, true);
        break;
      case 7:
        SleepOnNote(cell, random, false);
        break;
      case 8:
        Park(cell, random, true);
        break;
      case 9:
        Park(cell, random, false);
        break;
      case 10:
        cell.mutex.lock();
        WakeOne(cell);
        cell.mutex.unlock();
        break;
      case 11:
        Write(cell, random, writes);
        break;
      case 12:
        Read(cell, random);
        break;
      case 13:
        Enter(cell, random);
        break;
      default:
        cell.mutex.lock();
        Section(cell, random, sections);
        cell.mutex.unlock();
        random.OneIn(2) ? cell.changed.notify_one() : cell.changed.notify_all();
        break;
    }
  }

  // Short, long, or a wait while a lock is held.
  static void Dally(Random& random) {
    switch (random.Below(32)) {
      case 0:
        std::this_thread::yield();
        break;
      case 1:
        Burn(random.Microseconds(30));
        break;
      case 2: {
        Waiter self;
        EXPECT_FALSE(park_for(self, random.Microseconds(100)));
        break;
      }
      default:
        break;
    }
  }

  // The mutex is held.
  static void Section(C& cell, Random& random, long& sections) {
    ASSERT_EQ(++cell.inside, 1);
    ++cell.value;
    ++cell.changes;
    Dally(random);
    ASSERT_EQ(++cell.mirror, cell.value);
    --cell.inside;
    ++sections;
  }

  static void WakeOne(C& cell) {
    if (!cell.sleepers.empty()) {
      Note* const note = cell.sleepers.front();
      cell.sleepers.pop_front();
      note->wakeup();
    }
    if (!cell.parked.empty()) {
      Waiter* const waiter = cell.parked.front();
      cell.parked.pop_front();
      ready(*waiter);
    }
  }

  static void Nudge(C& cell) {
    cell.mutex.lock();
    WakeOne(cell);
    ++cell.changes;
    cell.mutex.unlock();
    cell.changed.notify_all();
  }

  // Takes what is mine out again. False: somebody has taken it to wake it.
  template <class List, class Mine>
  static bool TakeBack(C& cell, List& list, Mine* mine) {
    const std::lock_guard<Mutex> hold(cell.mutex);
    const auto found = std::find(list.begin(), list.end(), mine);
    if (found == list.end()) return false;
    list.erase(found);
    return true;
  }

  static void SleepOnNote(C& cell, Random& random, bool timed) {
    Note note;
    cell.mutex.lock();
    cell.sleepers.push_back(&note);
    cell.mutex.unlock();
    if (!timed) return note.sleep();
    if (note.sleep_for(random.Microseconds(300))) return;
    // Claimed: the wakeup has been made under the mutex.
    if (!TakeBack(cell, cell.sleepers, &note)) {
      EXPECT_TRUE(note.sleep_for(std::chrono::nanoseconds(0)));
    }
  }

  static void Park(C& cell, Random& random, bool timed) {
    Waiter self;
    cell.mutex.lock();
    cell.parked.push_back(&self);
    if (!timed) return park(self, [&] { cell.mutex.unlock(); }), void();
    cell.mutex.unlock();
    if (park_for(self, random.Microseconds(300))) return;
    if (!TakeBack(cell, cell.parked, &self)) park(self);
  }

  void WaitForChange(C& cell, Random& random, bool timed) {
    cell.mutex.lock();
    const long before = cell.changes;
    ++cell.waiters;
    if (timed) {
      cell.changed.wait_for(cell.mutex, random.Microseconds(300));
    } else {
      cell.changed.wait(cell.mutex,
                        [&] { return done_ || cell.changes != before; });
    }
    EXPECT_EQ(cell.inside, 0);
    --cell.waiters;
    cell.mutex.unlock();
  }

  static void Write(C& cell, Random& random, long& writes) {
    cell.rw_mutex.lock();
    EXPECT_EQ(cell.written, cell.rewritten);
    ++cell.written;
    Dally(random);
    ++cell.rewritten;
    ++writes;
    if (random.OneIn(2)) return cell.rw_mutex.unlock();
    cell.rw_mutex.downgrade();
    EXPECT_EQ(cell.written, cell.rewritten);
    cell.rw_mutex.unlock_shared();
  }

  static void Read(C& cell, Random& random) {
    cell.rw_mutex.lock_shared();
    const long written = cell.written;
    Dally(random);
    EXPECT_EQ(cell.written, written);
    EXPECT_EQ(cell.rewritten, written);
    cell.rw_mutex.unlock_shared();
  }

  static void Enter(C& cell, Random& random) {
    if (random.OneIn(3)) {
      if (!cell.semaphore.try_acquire_for(random.Microseconds(200))) return;
    } else {
      cell.semaphore.acquire();
    }
    EXPECT_LE(++cell.admitted, C::kPermits);
    Dally(random);
    --cell.admitted;
    cell.semaphore.release();
  }

  void Check() {
    long value = 0;
    long written = 0;
    for (auto& cell : cells_) {
      EXPECT_TRUE(cell.mutex.try_lock());
      EXPECT_EQ(cell.value, cell.mirror);
      EXPECT_EQ(cell.waiters, 0);
      EXPECT_TRUE(cell.sleepers.empty());
      EXPECT_TRUE(cell.parked.empty());
      value += cell.value;
      cell.mutex.unlock();
      EXPECT_TRUE(cell.rw_mutex.try_lock());
      EXPECT_EQ(cell.written, cell.rewritten);
      written += cell.written;
      cell.rw_mutex.unlock();
      for (int i = 0; i < C::kPermits; ++i) {
        EXPECT_TRUE(cell.semaphore.try_acquire());
      }
      EXPECT_FALSE(cell.semaphore.try_acquire());
    }
    EXPECT_EQ(value, sections_);
    EXPECT_EQ(written, writes_);
    EXPECT_GT(value, 0);
  }

  C cells_[kCells];
  std::atomic<bool> done_{false};
  std::atomic<int> left_{0};
  std::atomic<long> sections_{0};
  std::atomic<long> writes_{0};
};

template <class Mix>
class TaskMixStress : public testing::Test {};

using Types =
    TaskTypes<TaskMutex, TaskRwMutex, TaskCondVar, TaskSemaphore, TaskNote>;
using Mixes =
    testing::Types<TaskMix<Types, TaskJobs<1>>, TaskMix<Types, TaskJobs<2>>,
                   TaskMix<Types, TaskJobs<4>>, TaskMix<Types, MixedJobs>,
                   TaskMix<FaultTaskTypes<Membarrier::kWorks>, MixedJobs>,
                   TaskMix<FaultTaskTypes<Membarrier::kMissing>, MixedJobs>>;
TYPED_TEST_SUITE(TaskMixStress, Mixes);

TYPED_TEST(TaskMixStress, Plain) {
  Random random = Random::Stream(7);
  const auto time = StressTime(std::chrono::milliseconds(2000)) / 4;
  std::uint64_t stream = 1;
  // As many as there are workers, and many more; two chosen by the seed.
  for (const int jobs : {2, 64, 3 + static_cast<int>(random.Below(20)),
                         3 + static_cast<int>(random.Below(60))}) {
    SCOPED_TRACE("tasks and threads: " + std::to_string(jobs));
    const auto mix = std::make_unique<TypeParam>();
    mix->Run(jobs, time, stream++);
  }
}

}  // namespace
}  // namespace parkway::test
