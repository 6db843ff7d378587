#include "parkway/task_timer.h"

#include <atomic>
#include <cstddef>
#include <mutex>
#include <new>

#include "parkway/futex_mutex.h"
#include "parkway/park_slow.h"
#include "parkway/platform.h"
#include "parkway/worker.h"

namespace parkway::internal {
namespace {

class Timers {
 public:
  bool run() noexcept {
    // acquire: pairs with the release below; nothing else depends on it.
    if (runs_.load(std::memory_order_acquire)) return true;
    // With the first worker record comes the handler that knows that the child
    // of a fork has no such thread.
    current_worker();
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
      heap_.push(timer);
      earliest = heap_.first() == &timer;
      // relaxed: serve() reads it under the lock, then the kernel compares it.
      if (earliest) changes_.fetch_add(1, std::memory_order_relaxed);
    }
    if (earliest) os::futexwakeup(&changes_, 1);
  }

  void stop(TaskTimer& timer) noexcept {
    std::lock_guard<FutexMutex> hold(lock_);
    if (timer.in_heap) heap_.remove(timer);
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

  FutexMutex lock_;
  TimerHeap heap_;
  std::atomic<std::uint32_t> changes_{0};
  std::atomic<bool> runs_{false};
};

// Never destroyed: the thread uses it to the end.
Timers g_timers;

}  // namespace

bool timers_run() noexcept { return g_timers.run(); }
void start_timer(TaskTimer& timer) noexcept { g_timers.start(timer); }
void stop_timer(TaskTimer& timer) noexcept { g_timers.stop(timer); }

void forget_timers_of_parent() noexcept { new (&g_timers) Timers; }

}  // namespace parkway::internal
