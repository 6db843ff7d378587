// SPDX-License-Identifier: Apache-2.0

// Ends the waits of parked tasks whose time is up: one thread for all of them,
// started by the first and then there for good, with all signals blocked.
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include "parkway/base/per_process.h"
#include "parkway/lock/futex_mutex.h"
#include "parkway/os/fork_generation.h"
#include "parkway/task/park_slow.h"
#include "parkway/task/task_timer.h"
#include "parkway/task/timer_heap.h"

namespace parkway {
namespace {

using TaskTimer = BasicTaskTimer<ParkPlatform>;

// Of one process: a child that it forks has no such thread, and none of these
// tasks.
class Timers {
 public:
  bool run() noexcept {
    // acquire: pairs with the release below; nothing else depends on it.
    if (runs_.load(std::memory_order_acquire)) return true;
    std::lock_guard<FutexMutex> hold(lock_);
    if (!runs_.load(std::memory_order_relaxed) &&
        os::start_thread(
            [](void* self) { static_cast<Timers*>(self)->serve(); }, this)) {
      runs_.store(true, std::memory_order_release);
    }
    return runs_.load(std::memory_order_relaxed);
  }

  void start(TaskTimer& timer) noexcept {
    bool earliest;
    {
      std::lock_guard<FutexMutex> hold(lock_);
      timer.process = process_;
      heap_.push(timer);
      earliest = heap_.first() == &timer;
      // relaxed: serve() reads it under the lock, then the kernel compares it.
      if (earliest) changes_.fetch_add(1, std::memory_order_relaxed);
    }
    if (earliest) os::futexwakeup(&changes_, 1);
  }

  void stop(TaskTimer& timer) noexcept {
    std::lock_guard<FutexMutex> hold(lock_);
    // In a parent's heap it stays where it is.
    if (timer.in_heap && timer.process == process_) heap_.remove(timer);
  }

 private:
  // Of tasks that are resumed after one look at the clock.
  static constexpr std::size_t kAtOnce = 64;

  [[noreturn]] void serve() noexcept {
    for (;;) {
      TaskTimer::Expired expired[kAtOnce];
      std::size_t count = 0;
      std::int64_t next = os::kForever;
      std::uint32_t changes;
      {
        std::lock_guard<FutexMutex> hold(lock_);
        changes = changes_.load(std::memory_order_relaxed);
        const std::int64_t now = os::nanotime();
        while (TimerNode* const first = heap_.first()) {
          if (first->deadline > now || count == kAtOnce) {
            next = first->deadline;
            break;
          }
          heap_.remove(*first);
          if (static_cast<TaskTimer*>(first)->expire(expired[count])) ++count;
        }
      }
      for (std::size_t i = 0; i < count; ++i) {
        expired[i].scheduler->resume(expired[i].task);
      }
      if (count < kAtOnce) os::futexsleep(&changes_, changes, next);
    }
  }

  std::uint32_t process_ = internal::fork_generation();
  FutexMutex lock_;
  TimerHeap heap_;
  std::atomic<std::uint32_t> changes_{0};
  std::atomic<bool> runs_{false};
};

internal::PerProcess<Timers> g_timers;

}  // namespace

bool ParkPlatform::timers_run() noexcept { return g_timers.get().run(); }
void ParkPlatform::start_timer(TaskTimer& timer) noexcept {
  g_timers.get().start(timer);
}
void ParkPlatform::stop_timer(TaskTimer& timer) noexcept {
  g_timers.get().stop(timer);
}

}  // namespace parkway
