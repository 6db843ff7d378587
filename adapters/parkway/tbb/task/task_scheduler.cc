// SPDX-License-Identifier: Apache-2.0

#include "parkway/tbb/task/task_scheduler.h"

#include <algorithm>
#include <atomic>
#include <fstream>

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

std::size_t default_limit() noexcept {
  std::size_t mappings = kUsualMappings;
  if (std::ifstream file("/proc/sys/vm/max_map_count"); !(file >> mappings)) {
    mappings = kUsualMappings;
  }
  return std::min(kDefaultMaxSuspendedTasks, mappings / kMappingsPerTask);
}

// The counts are of no use to other memory accesses: relaxed.
class TaskScheduler final : public Scheduler {
 public:
  const char* name() const noexcept override { return "oneTBB"; }

  bool in_task() noexcept override { return in_suspendable_task(); }

  bool suspend(Suspension& suspension) noexcept override {
    const bool entered = enter();
    bool suspended = false;
    if (entered) {
      const ExceptionState exceptions = take_exception_state();
      suspended = suspend_task(suspension);
      put_exception_state(exceptions);
      suspended_.fetch_sub(1, std::memory_order_relaxed);
    }
    if (!suspended) parked_threads_.fetch_add(1, std::memory_order_relaxed);
    return suspended;
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

  TaskStats stats() const noexcept {
    TaskStats stats;
    stats.suspended = suspended_.load(std::memory_order_relaxed);
    stats.peak = peak_.load(std::memory_order_relaxed);
    stats.suspensions = suspensions_.load(std::memory_order_relaxed);
    stats.parked_threads = parked_threads_.load(std::memory_order_relaxed);
    return stats;
  }

 private:
  static constexpr std::size_t kNotSet = SIZE_MAX;

  // Counts one more as suspended, unless that would be too many.
  bool enter() noexcept {
    const std::uint64_t now =
        suspended_.fetch_add(1, std::memory_order_relaxed) + 1;
    if (now > limit()) {
      suspended_.fetch_sub(1, std::memory_order_relaxed);
      return false;
    }
    suspensions_.fetch_add(1, std::memory_order_relaxed);
    std::uint64_t peak = peak_.load(std::memory_order_relaxed);
    while (peak < now &&
           !peak_.compare_exchange_weak(peak, now, std::memory_order_relaxed)) {
    }
    return true;
  }

  std::atomic<std::size_t> limit_{kNotSet};
  std::atomic<std::uint64_t> suspended_{0};
  std::atomic<std::uint64_t> peak_{0};
  std::atomic<std::uint64_t> suspensions_{0};
  std::atomic<std::uint64_t> parked_threads_{0};
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
