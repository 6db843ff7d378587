// Everything at once: 2 to 16 threads over a few mutexes, condition variables
// and notes, with the invariants checked under each lock.
#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "parkway/cond_var.h"
#include "parkway/mutex.h"
#include "parkway/note.h"
#include "tests/faults/fault_platform.h"
#include "tests/plugin/support.h"

namespace parkway::test {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kMaxThreads = 16;

// For the watchdog: what each thread does, and how much it has done.
struct Doing {
  std::atomic<const char*> what{""};
  std::atomic<long> count{0};
};
Doing g_doing[kMaxThreads];
std::atomic<int> g_threads{0};

void ReportState() {
  for (int i = 0; i < g_threads; ++i) {
    char line[128];
    const int n =
        std::snprintf(line, sizeof(line), "thread %d: %s after %ld\n", i,
                      g_doing[i].what.load(), g_doing[i].count.load());
    os::write_error(line, static_cast<std::size_t>(n));
  }
}

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
class Mix {
 public:
  static constexpr int kCells = 3;

  explicit Mix(int threads, std::uint64_t stream)
      : threads_(threads), stream_(stream) {}

  void Run(std::chrono::nanoseconds time,
           const std::function<void(std::vector<std::unique_ptr<Thread>>&,
                                    const std::atomic<bool>&)>& meanwhile) {
    g_threads = threads_;
    SetStateReport(&ReportState);
    std::vector<std::unique_ptr<Thread>> all;
    for (int i = 0; i < threads_; ++i) {
      all.push_back(std::make_unique<Thread>([this, i] { Work(i); }));
    }
    std::atomic<bool> stop{false};
    std::unique_ptr<Thread> other;
    if (meanwhile) {
      other = std::make_unique<Thread>([&] { meanwhile(all, stop); });
    }
    // All may wait for a change or a wakeup at once: it comes from here. Also
    // at the end, until the last one has left.
    const auto end = steady_clock::now() + time;
    while (left_ < threads_) {
      std::this_thread::sleep_for(microseconds(500));
      if (steady_clock::now() >= end) {
        stop = true;
        if (other != nullptr) other->Join();
        done_ = true;
      }
      for (auto& cell : cells_) {
        cell.mutex.lock();
        WakeOne(cell);
        ++cell.changes;
        cell.mutex.unlock();
        cell.changed.notify_all();
      }
    }
    for (auto& thread : all) thread->Join();
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
    EXPECT_EQ(total, sections_);
    EXPECT_GT(total, 0);
  }

 private:
  using Mutex = typename K::Mutex;
  using Note = typename K::Note;

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

  void Work(int id) {
    Random random = Random::Stream(stream_ * 64 + static_cast<unsigned>(id));
    Doing& doing = g_doing[id];
    auto note = std::make_unique<Note>();
    long sections = 0;
    // At least one, also on a machine that is too busy to have run it in time.
    while (!done_ || sections == 0) {
      const auto a = random.Below(kCells);
      const auto b = random.Below(kCells);
      Cell<K>& cell = cells_[a];
      ++doing.count;
      switch (random.Below(16)) {
        case 0:
          doing.what = "try_lock";
          if (cell.mutex.try_lock()) {
            Section(cell, random);
            ++sections;
            cell.mutex.unlock();
          }
          break;
        case 1:
        case 2:
          doing.what = "try_lock_for";
          if (cell.mutex.try_lock_for(random.Microseconds(200))) {
            Section(cell, random);
            ++sections;
            cell.mutex.unlock();
          }
          break;
        case 3:
          doing.what = "try_lock_until";
          if (cell.mutex.try_lock_until(std::chrono::system_clock::now() +
                                        random.Microseconds(200))) {
            Section(cell, random);
            ++sections;
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
          sections += 2;
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
          ++sections;
          if (random.OneIn(2)) {
            cell.changed.notify_one();
            cell.mutex.unlock();
          } else {
            cell.mutex.unlock();
            cell.changed.notify_all();
          }
          break;
      }
    }
    doing.what = "left";
    sections_ += sections;
    ++left_;
  }

  const int threads_;
  const std::uint64_t stream_;
  Cell<K> cells_[kCells];
  std::atomic<bool> done_{false};
  std::atomic<long> sections_{0};
  std::atomic<int> left_{0};
};

template <class K>
class MixStress : public testing::Test {
 protected:
  // Four numbers of threads, the last two chosen by the seed.
  template <class Meanwhile = std::nullptr_t>
  static void Run(std::chrono::nanoseconds usual,
                  Meanwhile meanwhile = nullptr) {
    Random random = Random::Stream(7);
    const auto time = StressTime(usual) / 4;
    std::uint64_t stream = 1;
    for (const int threads : {2, 16, 3 + static_cast<int>(random.Below(13)),
                              3 + static_cast<int>(random.Below(13))}) {
      SCOPED_TRACE("threads: " + std::to_string(threads));
      auto mix = std::make_unique<Mix<K>>(threads, stream++);
      mix->Run(time, meanwhile);
    }
  }
};

using FutexKinds = Kinds<FutexMutex, FutexNote, CondVar>;
using SemaKinds = Kinds<SemaMutex, SemaNote, CondVar>;
using FaultyFutexKinds = Kinds<BasicFutexMutex<Barrier>,
                               BasicFutexNote<Barrier>, BasicCondVar<Barrier>>;
using NoBarrierKinds =
    Kinds<BasicFutexMutex<NoBarrier>, BasicFutexNote<NoBarrier>,
          BasicCondVar<NoBarrier>>;
using FaultySemaKinds = Kinds<BasicSemaMutex<Barrier>, BasicSemaNote<Barrier>,
                              BasicCondVar<Barrier>>;
using AllKinds = testing::Types<FutexKinds, SemaKinds, FaultyFutexKinds,
                                NoBarrierKinds, FaultySemaKinds>;
TYPED_TEST_SUITE(MixStress, AllKinds);

TYPED_TEST(MixStress, Plain) { this->Run(milliseconds(1200)); }

TYPED_TEST(MixStress, OneCpu) {
  const auto time = StressTime(milliseconds(800));
  EXPECT_EQ(
      RunInChild(
          [this, time] {
            if (!PinToOneCpu()) return 1;
            this->Run(time);
            return testing::Test::HasFailure() ? 2 : 0;
          },
          static_cast<int>(
              60 + 2 * std::chrono::duration_cast<std::chrono::seconds>(time)
                           .count())),
      0);
}

std::atomic<long> g_signals{0};

TYPED_TEST(MixStress, Signals) {
  struct sigaction action = {};
  // No SA_RESTART: sleeps end with EINTR.
  action.sa_handler = [](int) { ++g_signals; };
  ASSERT_EQ(sigaction(SIGUSR1, &action, nullptr), 0);
  g_signals = 0;
  this->Run(milliseconds(800), [](std::vector<std::unique_ptr<Thread>>& threads,
                                  const std::atomic<bool>& stop) {
    Random random = Random::Stream(8);
    while (!stop) {
      pthread_kill(threads[random.Below(threads.size())]->handle(), SIGUSR1);
      if (random.OneIn(8)) {
        std::this_thread::sleep_for(random.Microseconds(100));
      }
    }
  });
  EXPECT_GT(g_signals, 0);
}

}  // namespace
}  // namespace parkway::test
