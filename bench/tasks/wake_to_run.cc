// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "bench/tasks/measure.h"
#include "bench/tasks/task_groups.h"
#include "oneapi/tbb/task.h"
#include "oneapi/tbb/task_arena.h"
#include "oneapi/tbb/task_group.h"
#include "parkway/note.h"
#include "parkway/tbb/task/task_note.h"

namespace parkway_bench {
namespace {

constexpr int kQueued = 1000;
constexpr std::int64_t kTaskNanos = 100'000;
// A wake is due after so many tasks, if the sleeper sleeps.
constexpr int kTasksPerWake = 100;
constexpr std::size_t kWakes = 60;
constexpr int kRoundsAtMost = 12;
// Between wakes by a thread.
constexpr std::chrono::milliseconds kWakePause(10);

// The sleeper of one round: a task, unless kIsThread.
class TaskNoteSleeper {
 public:
  static constexpr bool kIsThread = false;
  void Sleep() {
    note_.sleep();
    note_.clear();
  }
  bool WillSleep() const { return true; }
  void Wake() { note_.wakeup(); }

 private:
  parkway::tbb::task_note note_;
};

// As oneTBB's documentation has it.
class StockSleeper {
 public:
  static constexpr bool kIsThread = false;
  void Sleep() {
    tbb::task::suspend(
        [this](tbb::task::suspend_point point) { point_ = point; });
  }
  bool WillSleep() const { return point_ != nullptr; }
  void Wake() { tbb::task::resume(point_.exchange(nullptr)); }

 private:
  std::atomic<tbb::task::suspend_point> point_{nullptr};
};

class ThreadNoteSleeper {
 public:
  static constexpr bool kIsThread = true;
  void Sleep() {
    note_.sleep();
    note_.clear();
  }
  bool WillSleep() const { return true; }
  void Wake() { note_.wakeup(); }

 private:
  parkway::Note note_;
};

enum class Waker { kTask, kThread };

// Both workers have a thousand tasks of their own, of 100 us each; now and then
// one of them, or a thread, wakes the sleeper.
template <typename Sleeper, Waker kWaker>
class Round {
 public:
  explicit Round(std::vector<double>* delays) : delays_(delays) {}

  void Run() {
    std::thread thread;
    if constexpr (Sleeper::kIsThread) {
      thread = std::thread([this] { Sleep(); });
    }
    // The sleeper may sleep, or be about to, when nobody is left to wake it. It
    // may do so on the stack of a root, which could not end then.
    std::thread last([this] {
      while (ran_ < kTaskWorkers * kQueued) {
        if (kWaker == Waker::kTask) {
          std::this_thread::sleep_for(std::chrono::milliseconds(1));
        } else {
          std::this_thread::sleep_for(kWakePause);
          WakeIfAsleep();
        }
      }
      ended_ = true;
      while (!left_) {
        if (!WakeIfAsleep()) std::this_thread::yield();
      }
    });
    tbb::task_arena arena(kTaskWorkers);
    arena.execute([&] {
      tbb::task_group roots;
      for (int i = 0; i < kTaskWorkers; ++i) {
        roots.run([this, i] { Root(i); });
      }
      roots.wait();
    });
    last.join();
    if constexpr (Sleeper::kIsThread) {
      thread.join();
    } else {
      sleeper_group_.wait();
    }
  }

 private:
  void Root(int index) {
    ++started_;
    while (started_ < kTaskWorkers) {
    }
    tbb::task_group own;
    for (int i = 0; i < kQueued; ++i) {
      own.run([this] {
        if (++ran_ % kTasksPerWake == 0 && kWaker == Waker::kTask) {
          WakeIfAsleep();
        }
        BusyFor(kTaskNanos);
      });
    }
    // The youngest is the first to run.
    if (!Sleeper::kIsThread && index == 0) {
      sleeper_group_.run([this] { Sleep(); });
    }
    own.wait();
  }

  bool WakeIfAsleep() {
    if (!sleeper_.WillSleep() || !sleeps_.exchange(false)) return false;
    woken_ = MonotonicNanos();
    sleeper_.Wake();
    return true;
  }

  void Sleep() {
    while (!ended_ && delays_->size() < kWakes) {
      sleeps_ = true;
      sleeper_.Sleep();
      // The last wake finds nothing queued.
      if (!ended_) {
        delays_->push_back(static_cast<double>(MonotonicNanos() - woken_));
      }
    }
    left_ = true;
  }

  std::vector<double>* const delays_;
  Sleeper sleeper_;
  tbb::task_group sleeper_group_;
  std::atomic<int> started_{0};
  std::atomic<int> ran_{0};
  std::atomic<bool> sleeps_{false};
  std::atomic<bool> ended_{false};
  std::atomic<bool> left_{false};
  std::atomic<std::int64_t> woken_{0};
};

template <typename Sleeper, Waker kWaker>
Sample WakeToRun() {
  std::vector<double> delays;
  Sample sample = MeasureOnce([&] {
    for (int i = 0; i < kRoundsAtMost && delays.size() < kWakes; ++i) {
      std::make_unique<Round<Sleeper, kWaker>>(&delays)->Run();
    }
    return static_cast<double>(std::max<std::size_t>(1, delays.size()));
  });
  if (delays.empty()) {
    sample.error = "no wake came to run";
    return sample;
  }
  std::sort(delays.begin(), delays.end());
  const auto quantile = [&](double q) {
    const auto last = static_cast<double>(delays.size() - 1);
    return delays[static_cast<std::size_t>(q * last + 0.5)];
  };
  sample.seconds_per_op = 1e-9 * quantile(0.5);
  sample.counters[kLongestWait] = 1e-3 * quantile(0.99);
  return sample;
}

template <typename Sleeper, Waker kWaker = Waker::kTask>
Cell WakeCell(const char* name, Side side, bool reference) {
  Cell cell;
  cell.group = kWaker == Waker::kTask ? "WakeToRun" : "WakeToRunByThread";
  cell.subject = name;
  cell.threads = kTaskWorkers;
  cell.side = side;
  cell.reference = reference;
  cell.measure = [] { return WakeToRun<Sleeper, kWaker>(); };
  return cell;
}

}  // namespace

void AddWakeToRun(std::vector<Cell>* cells) {
  cells->push_back(
      WakeCell<TaskNoteSleeper>("task_note", Side::kParkway, true));
  cells->push_back(
      WakeCell<ThreadNoteSleeper>("Note of a thread", Side::kParkway, false));
  cells->push_back(
      WakeCell<StockSleeper>("tbb::task::resume", Side::kStock, false));
  cells->push_back(WakeCell<TaskNoteSleeper, Waker::kThread>(
      "task_note", Side::kParkway, true));
  cells->push_back(WakeCell<StockSleeper, Waker::kThread>("tbb::task::resume",
                                                          Side::kStock, false));
}

}  // namespace parkway_bench
