// SPDX-License-Identifier: Apache-2.0

// parkway::tbb::task_condition_variable: a condition variable whose waiters
// leave their worker to other tasks.
#ifndef PARKWAY_TBB_TASK_TASK_CONDITION_VARIABLE_H_
#define PARKWAY_TBB_TASK_TASK_CONDITION_VARIABLE_H_

#include <chrono>
#include <condition_variable>
#include <utility>

#include "parkway/task/task_platform.h"
#include "parkway/tbb/task/task_scheduler.h"

namespace parkway {
namespace tbb {

// std::condition_variable_any for tasks and threads, one pointer. `Lock` is
// whatever has lock() and unlock(): a std::unique_lock of a task_mutex, a
// std::unique_lock or std::shared_lock of a task_rw_mutex. A lock that the
// waiter's thread owns (std::mutex) will not do in a task: the task may go on
// on another thread.
//
// Waiters wait first in, first out. A wait does not return spuriously, but
// others may run between the notify and the waiter's lock(): callers loop.
// Constant-initialised, trivially destructible, no allocation. It may be
// destroyed as soon as every waiter has been notified (parkway/lock/cond_var.h
// has the exact words). A notify happens before the return of the waits it
// ends. What a wait throws is what lock() throws.
class task_condition_variable {
 public:
  constexpr task_condition_variable() noexcept = default;
  task_condition_variable(const task_condition_variable&) = delete;
  task_condition_variable& operator=(const task_condition_variable&) = delete;

  // Wakes the waiter that has waited longest; all. With or without the lock
  // held. No system call without a waiter.
  void notify_one() noexcept { impl_.notify_one(); }
  void notify_all() noexcept { impl_.notify_all(); }

  // Releases `lock`, which the caller holds, waits for a notify and takes it
  // again.
  template <class Lock>
  void wait(Lock& lock) {
    use_task_scheduler();
    impl_.wait(lock);
  }
  // wait() until predicate().
  template <class Lock, class Predicate>
  void wait(Lock& lock, Predicate predicate) {
    while (!predicate()) wait(lock);
  }

  // At most for `timeout`, in real time.
  template <class Lock, class Rep, class Period>
  std::cv_status wait_for(Lock& lock,
                          const std::chrono::duration<Rep, Period>& timeout) {
    use_task_scheduler();
    return status(impl_.wait_for(lock, timeout));
  }
  // wait_for() until predicate() or the end of the time; returns what
  // predicate() said last.
  template <class Lock, class Rep, class Period, class Predicate>
  bool wait_for(Lock& lock, const std::chrono::duration<Rep, Period>& timeout,
                Predicate predicate) {
    // Longer ones need not fit the clock.
    constexpr std::chrono::hours kCentury{24 * 365 * 100};
    if (timeout > kCentury) {
      wait(lock, std::move(predicate));
      return true;
    }
    return wait_until(lock, std::chrono::steady_clock::now() + timeout,
                      std::move(predicate));
  }

  // Until `at` at most, by at's own clock.
  template <class Lock, class Clock, class Duration>
  std::cv_status wait_until(
      Lock& lock, const std::chrono::time_point<Clock, Duration>& at) {
    use_task_scheduler();
    return status(impl_.wait_until(lock, at));
  }
  template <class Lock, class Clock, class Duration, class Predicate>
  bool wait_until(Lock& lock,
                  const std::chrono::time_point<Clock, Duration>& at,
                  Predicate predicate) {
    while (!predicate()) {
      if (wait_until(lock, at) == std::cv_status::timeout) return predicate();
    }
    return true;
  }

 private:
  static std::cv_status status(bool notified) {
    return notified ? std::cv_status::no_timeout : std::cv_status::timeout;
  }

  TaskCondVar impl_;
};

}  // namespace tbb
}  // namespace parkway

#endif  // PARKWAY_TBB_TASK_TASK_CONDITION_VARIABLE_H_
