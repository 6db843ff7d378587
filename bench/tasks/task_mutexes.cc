// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <cstdint>
#include <string>
#include <tuple>
#include <utility>

#include "bench/engine/lock_list.h"
#include "bench/engine/turns.h"
#include "bench/engine/uncontended.h"
#include "bench/engine/window.h"
#include "bench/tasks/measure.h"
#include "bench/tasks/task_groups.h"
#include "oneapi/tbb/mutex.h"
#include "oneapi/tbb/task_arena.h"
#include "oneapi/tbb/task_group.h"
#include "parkway/lock/futex_mutex.h"
#include "parkway/tbb/task/task_mutex.h"

namespace parkway_bench {

template <>
struct Traits<parkway::tbb::task_mutex> {
  static constexpr char kName[] = "task_mutex";
  static constexpr Side kSide = Side::kParkway;
};

namespace {

constexpr int kTasks = 64;
constexpr int kOperationsPerTask = 4000;

// Every task takes the lock again and again: `inside` turns with it, `outside`
// without.
template <typename Lock>
Sample Contended(int inside, int outside) {
  // On a line of its own, for every type.
  struct alignas(128) {
    Lock lock;
    std::uint64_t count = 0;
    std::uint64_t work = 1;
  } shared;
  std::atomic<std::uint64_t> sink{0};
  tbb::task_arena arena(kTaskWorkers);
  Sample sample = MeasureOnce([&] {
    arena.execute([&] {
      tbb::task_group group;
      for (int i = 0; i < kTasks; ++i) {
        group.run([&] {
          std::uint64_t own = 1;
          for (int k = 0; k < kOperationsPerTask; ++k) {
            Held<Lock> held;
            held.Acquire(shared.lock);
            ++shared.count;
            shared.work = Turns(shared.work, inside);
            held.Release(shared.lock);
            own = Turns(own, outside);
          }
          sink.fetch_add(own, std::memory_order_relaxed);
        });
      }
      group.wait();
    });
    return static_cast<double>(kTasks * kOperationsPerTask);
  });
  if (shared.count != kTasks * kOperationsPerTask) {
    sample.error = "the count differs from the operations";
  }
  return sample;
}

using TaskLocks =
    TypeList<parkway::tbb::task_mutex, parkway::FutexMutex, tbb::mutex>;

template <typename Type>
Cell TaskCell(const std::string& group) {
  Cell cell = MakeCell<Type>(group, kTaskWorkers);
  cell.reference = cell.subject == Traits<parkway::tbb::task_mutex>::kName;
  return cell;
}

}  // namespace

void AddTaskMutexes(std::vector<Cell>* cells) {
  TaskLocks::ForEach([&](auto type) {
    using Lock = typename Only<decltype(type)>::type;
    Cell cell = TaskCell<Lock>("TaskMutexUncontended");
    cell.measure = [] {
      return MeasureInWindows<Uncontended<Lock>>(kTaskWorkers);
    };
    cells->push_back(std::move(cell));
  });
  for (const auto& [group, inside, outside] :
       {std::tuple("TaskMutexContended", 0, 0),
        std::tuple("TaskMutexContendedWork", 50, 200)}) {
    TaskLocks::ForEach(
        [&, in = inside, out = outside, name = group](auto type) {
          using Lock = typename Only<decltype(type)>::type;
          Cell cell = TaskCell<Lock>(name);
          cell.measure = [in, out] { return Contended<Lock>(in, out); };
          cells->push_back(std::move(cell));
        });
  }
}

}  // namespace parkway_bench
