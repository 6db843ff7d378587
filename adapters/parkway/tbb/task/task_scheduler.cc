// SPDX-License-Identifier: Apache-2.0

#include "parkway/tbb/task/task_scheduler.h"

#include <algorithm>
#include <atomic>
#include <fstream>

#include "parkway/base/per_process.h"
#include "parkway/os/fork_generation.h"
#include "parkway/task/scheduler.h"
#include "parkway/tbb/task/exception_state.h"
#include "parkway/tbb/task/task_suspension.h"

namespace parkway {
namespace tbb {
namespace {

// As the kernel is compiled.
constexpr std::size_t kUsualMappings = 65530;
// Half of the two that a stack takes, for everything else and for stacks of
// tasks that were suspended by others.
constexpr std::size_t kMappingsPerTask = 4;
// There is room for so many everywhere: no file is opened for them.
constexpr std::size_t kFewTasks = 256;

std::size_t default_limit() noexcept {
  std::size_t mappings = kUsualMappings;
  if (std::ifstream file("/proc/sys/vm/max_map_count"); !(file >> mappings)) {
    mappings = kUsualMappings;
  }
  return std::min(kDefaultMaxSuspendedTasks, mappings / kMappingsPerTask);
}

// TaskStats, of one process. They are of no use to other memory accesses:
// relaxed.
struct Counts {
  std::atomic<std::uint64_t> suspended{0};
  std::atomic<std::uint64_t> peak{0};
  std::atomic<std::uint64_t> suspensions{0};
  std::atomic<std::uint64_t> parked_threads{0};
};

class TaskScheduler final : public Scheduler {
 public:
  const char* name() const noexcept override { return "oneTBB"; }

  bool in_task() noexcept override { return in_suspendable_task(); }

  bool suspend(Suspension& suspension) noexcept override {
    const bool suspended =
        within_count([&] { return suspend_task(suspension); });
    if (!suspended) {
      counts_.get().parked_threads.fetch_add(1, std::memory_order_relaxed);
    }
    return suspended;
  }

  void give_way() noexcept override {
    if (!others_are_overdue()) return;
    within_count([] {
      give_way_to_others();
      return true;
    });
  }

  void resume(void* task) noexcept override { resume_task(task); }

  void set_limit(std::size_t limit) noexcept {
    limit_.store(limit, std::memory_order_relaxed);
  }
  std::size_t limit() noexcept {
    std::size_t limit = limit_.load(std::memory_order_relaxed);
    if (limit != kNotSet) return limit;
    const std::size_t found = default_limit();
    // Unless somebody has set it meanwhile.
    limit = kNotSet;
    return limit_.compare_exchange_strong(limit, found,
                                          std::memory_order_relaxed)
               ? found
               : limit;
  }

  TaskStats stats() noexcept {
    const Counts& counts = counts_.get();
    TaskStats stats;
    stats.suspended = counts.suspended.load(std::memory_order_relaxed);
    stats.peak = counts.peak.load(std::memory_order_relaxed);
    stats.suspensions = counts.suspensions.load(std::memory_order_relaxed);
    stats.parked_threads =
        counts.parked_threads.load(std::memory_order_relaxed);
    return stats;
  }

 private:
  static constexpr std::size_t kNotSet = SIZE_MAX;

  // What `suspend` says, which leaves the calling task's stack; false, without
  // calling it, if too many are suspended.
  template <class Suspend>
  bool within_count(const Suspend& suspend) noexcept {
    const std::uint32_t process = internal::fork_generation();
    if (!enter()) return false;
    const ExceptionState exceptions = take_exception_state();
    const bool suspended = suspend();
    put_exception_state(exceptions);
    // In the child of a fork, tasks of its parent were not counted.
    if (process == internal::fork_generation()) {
      counts_.get().suspended.fetch_sub(1, std::memory_order_relaxed);
    }
    return suspended;
  }

  bool within_limit(std::uint64_t tasks) noexcept {
    return (tasks <= kFewTasks &&
            limit_.load(std::memory_order_relaxed) == kNotSet) ||
           tasks <= limit();
  }

  // Counts one more as suspended, unless that would be too many.
  bool enter() noexcept {
    Counts& counts = counts_.get();
    const std::uint64_t now =
        counts.suspended.fetch_add(1, std::memory_order_relaxed) + 1;
    if (!within_limit(now)) {
      counts.suspended.fetch_sub(1, std::memory_order_relaxed);
      return false;
    }
    counts.suspensions.fetch_add(1, std::memory_order_relaxed);
    std::uint64_t peak = counts.peak.load(std::memory_order_relaxed);
    while (peak < now && !counts.peak.compare_exchange_weak(
                             peak, now, std::memory_order_relaxed)) {
    }
    return true;
  }

  std::atomic<std::size_t> limit_{kNotSet};
  internal::PerProcess<Counts> counts_;
};

// Never destroyed: its destructor does nothing.
TaskScheduler g_scheduler;
std::atomic<bool> g_added{false};

}  // namespace

void use_task_scheduler() noexcept {
  // relaxed: add_scheduler() may be called twice, and orders what it does.
  if (g_added.load(std::memory_order_relaxed)) return;
  add_scheduler(g_scheduler);
  g_added.store(true, std::memory_order_relaxed);
}

void set_max_suspended_tasks(std::size_t limit) noexcept {
  g_scheduler.set_limit(std::min(limit, SIZE_MAX - 1));
}
std::size_t max_suspended_tasks() noexcept { return g_scheduler.limit(); }
TaskStats task_stats() noexcept { return g_scheduler.stats(); }

}  // namespace tbb
}  // namespace parkway
