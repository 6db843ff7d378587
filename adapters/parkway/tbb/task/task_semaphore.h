// SPDX-License-Identifier: Apache-2.0

// parkway::tbb::task_semaphore: a counting semaphore whose waiters leave their
// worker to other tasks.
#ifndef PARKWAY_TBB_TASK_TASK_SEMAPHORE_H_
#define PARKWAY_TBB_TASK_TASK_SEMAPHORE_H_

#include <chrono>
#include <cstddef>

#include "parkway/task/task_platform.h"
#include "parkway/tbb/task/task_scheduler.h"

namespace parkway {
namespace tbb {

// std::counting_semaphore for tasks and threads, 8 bytes. Everything else is
// as parkway/lock/semaphore.h says: it barges, a waiter that starves is granted
// a permit of its own, the last access of release() is the one that makes the
// permits visible.
class task_semaphore {
 public:
  static constexpr std::ptrdiff_t max() noexcept {
    return TaskSemaphore::max();
  }

  // `permits` is from 0 to max().
  constexpr explicit task_semaphore(std::ptrdiff_t permits) noexcept
      : impl_(permits) {}
  task_semaphore(const task_semaphore&) = delete;
  task_semaphore& operator=(const task_semaphore&) = delete;

  // Takes a permit; waits for one. An acquire.
  void acquire() {
    if (impl_.try_acquire()) return;
    use_task_scheduler();
    impl_.acquire();
  }
  // Only if there is one.
  bool try_acquire() { return impl_.try_acquire(); }
  // At most for `timeout`, in real time; false if it ran out.
  template <class Rep, class Period>
  bool try_acquire_for(const std::chrono::duration<Rep, Period>& timeout) {
    use_task_scheduler();
    return impl_.try_acquire_for(timeout);
  }
  // Until `at` at most, by at's own clock.
  template <class Clock, class Duration>
  bool try_acquire_until(const std::chrono::time_point<Clock, Duration>& at) {
    use_task_scheduler();
    return impl_.try_acquire_until(at);
  }
  // Gives `count` permits, at least 0. A release. More than max() is fatal.
  void release(std::ptrdiff_t count = 1) { impl_.release(count); }

 private:
  TaskSemaphore impl_;
};

}  // namespace tbb
}  // namespace parkway

#endif  // PARKWAY_TBB_TASK_TASK_SEMAPHORE_H_
