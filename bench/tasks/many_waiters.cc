// SPDX-License-Identifier: Apache-2.0

// Ten thousand tasks that lock a mutex and wait for a condition which later
// tasks make true, on two workers.
//
//   many_waiters stock|parkway [TASKS]
//
// With oneTBB's mutex and std's condition variable the two workers wait in the
// first two tasks for ever. With the task_* types it ends.
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>

#include "bench/engine/pinning.h"
#include "oneapi/tbb/global_control.h"
#include "oneapi/tbb/mutex.h"
#include "oneapi/tbb/task_arena.h"
#include "oneapi/tbb/task_group.h"
#include "parkway/tbb/task/task_condition_variable.h"
#include "parkway/tbb/task/task_mutex.h"
#include "parkway/tbb/task/task_scheduler.h"

namespace {

constexpr int kWorkers = 2;

template <typename Mutex, typename Condition>
int Run(int tasks) {
  tbb::global_control two(tbb::global_control::max_allowed_parallelism,
                          kWorkers);
  Mutex mutex;
  Condition changed;
  int tickets = 0;
  int served = 0;
  tbb::task_arena arena(kWorkers);
  tbb::task_group group;
  const std::int64_t start = parkway_bench::MonotonicNanos();
  // First in, first out.
  for (int i = 0; i < tasks; ++i) {
    arena.enqueue(group.defer([&] {
      std::unique_lock<Mutex> lock(mutex);
      while (tickets == 0) changed.wait(lock);
      --tickets;
      ++served;
    }));
  }
  for (int i = 0; i < tasks; ++i) {
    arena.enqueue(group.defer([&] {
      const std::lock_guard<Mutex> lock(mutex);
      ++tickets;
      changed.notify_one();
    }));
  }
  arena.execute([&] { group.wait(); });
  const std::int64_t took = parkway_bench::MonotonicNanos() - start;
  const parkway::tbb::TaskStats stats = parkway::tbb::task_stats();
  std::printf(
      "%d of %d served in %.0f ms; at most %llu suspended at once, %llu "
      "threads parked\n",
      served, tasks, 1e-6 * static_cast<double>(took),
      static_cast<unsigned long long>(stats.peak),
      static_cast<unsigned long long>(stats.parked_threads));
  return served == tasks ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const int tasks = argc == 3 ? std::atoi(argv[2]) : 10000;
  if (argc < 2 || argc > 3 || tasks < 1 ||
      (std::strcmp(argv[1], "stock") != 0 &&
       std::strcmp(argv[1], "parkway") != 0)) {
    std::fprintf(stderr, "usage: many_waiters stock|parkway [TASKS]\n");
    return 2;
  }
  return std::strcmp(argv[1], "stock") == 0
             ? Run<tbb::mutex, std::condition_variable_any>(tasks)
             : Run<parkway::tbb::task_mutex,
                   parkway::tbb::task_condition_variable>(tasks);
}
