// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <thread>
#include <utility>

#include "bench/engine/lock_list.h"
#include "bench/tasks/measure.h"
#include "bench/tasks/task_groups.h"
#include "oneapi/tbb/mutex.h"
#include "oneapi/tbb/task_arena.h"
#include "oneapi/tbb/task_group.h"
#include "parkway/tbb/task/task_mutex.h"

namespace parkway_bench {
namespace {

constexpr std::int64_t kHoldNanos = 30'000'000;
constexpr std::int64_t kOtherNanos = 10'000;
constexpr int kContenders = 64;
// More than fit into a hold.
constexpr int kOthers = 2 * static_cast<int>(kHoldNanos / kOtherNanos);

// One task holds the lock for a long time. 64 want it; how many of the others,
// which do not, run meanwhile? In the order in which they are given to the
// arena.
template <typename Lock>
Sample Progress() {
  Lock lock;
  std::atomic<bool> held{false};
  std::atomic<bool> over{false};
  std::atomic<int> progress{0};
  tbb::task_group group;
  tbb::task_arena arena(kTaskWorkers);
  Sample sample = MeasureOnce([&] {
    arena.enqueue(group.defer([&] {
      Held<Lock> hold;
      hold.Acquire(lock);
      held = true;
      BusyFor(kHoldNanos);
      over = true;
      hold.Release(lock);
    }));
    while (!held) {
      std::this_thread::yield();
    }
    for (int i = 0; i < kContenders; ++i) {
      arena.enqueue(group.defer([&] {
        Held<Lock> hold;
        hold.Acquire(lock);
        hold.Release(lock);
      }));
    }
    for (int i = 0; i < kOthers; ++i) {
      arena.enqueue(group.defer([&] {
        if (over) return;
        BusyFor(kOtherNanos);
        if (!over) ++progress;
      }));
    }
    arena.execute([&] { group.wait(); });
    return 1.0;
  });
  // The time of the hold for each that was done in it.
  const double done = std::max(1, progress.load());
  sample.operations = done;
  sample.seconds_per_op = 1e-9 * static_cast<double>(kHoldNanos) / done;
  sample.cpu_seconds_per_op /= done;
  sample.counters[kCpuPerOp] /= done;
  sample.counters[kSwitches] /= done;
  return sample;
}

template <typename Lock>
Cell ProgressCell(const char* name, Side side) {
  Cell cell;
  cell.group = "TaskProgress";
  cell.subject = name;
  cell.threads = kTaskWorkers;
  cell.side = side;
  cell.reference = side == Side::kParkway;
  cell.measure = [] { return Progress<Lock>(); };
  return cell;
}

}  // namespace

void AddTaskProgress(std::vector<Cell>* cells) {
  cells->push_back(
      ProgressCell<parkway::tbb::task_mutex>("task_mutex", Side::kParkway));
  cells->push_back(ProgressCell<tbb::mutex>("tbb::mutex", Side::kStock));
  cells->push_back(ProgressCell<std::mutex>("std::mutex", Side::kStock));
}

}  // namespace parkway_bench
