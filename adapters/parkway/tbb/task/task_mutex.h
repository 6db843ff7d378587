// SPDX-License-Identifier: Apache-2.0

// parkway::tbb::task_mutex: a mutex whose waiters leave their worker to other
// tasks.
#ifndef PARKWAY_TBB_TASK_TASK_MUTEX_H_
#define PARKWAY_TBB_TASK_TASK_MUTEX_H_

#include <chrono>

#include "parkway/tbb/profiled_mutex.h"
#include "parkway/tbb/scoped_lock.h"
#include "parkway/tbb/task/parking_impl.h"

namespace parkway {
namespace tbb {

// parkway::tbb::mutex in four bytes, with two differences: a task of oneTBB
// that waits is suspended (parkway/tbb/task/task_scheduler.h), and it may go
// on, and unlock, on another thread than it locked on. So it may be held across
// anything that suspends the task; what else may be is in docs/guide/tasks.md.
//
// Threads and tasks may wait for one mutex. It barges: who finds it free takes
// it. A waiter that has waited for a millisecond and lost it four times has it
// handed over (parkway/lock/futex_mutex.h). Waiters are woken oldest first.
class task_mutex
    : public detail::profiled_mutex<task_mutex,
                                    detail::parking_mutex<TaskMutex>> {
 public:
  // What oneTBB's algorithms ask of a mutex type.
  static constexpr bool is_rw_mutex = false;
  static constexpr bool is_recursive_mutex = false;
  static constexpr bool is_fair_mutex = false;

  using scoped_lock = detail::unique_scoped_lock<task_mutex>;

  // Unlocked; constant initialisation without profiling tools.
  // Not defaulted: that would make an aggregate of it.
  PARKWAY_TBB_CONSTEXPR task_mutex() noexcept {}

  // As std::timed_mutex's: real time, false if it ran out. A timeout of zero or
  // less is a try_lock().
  template <class Rep, class Period>
  bool try_lock_for(const std::chrono::duration<Rep, Period>& timeout) {
    return waited(impl_.try_lock_for(timeout));
  }
  // The same until `at`, by at's own clock.
  template <class Clock, class Duration>
  bool try_lock_until(const std::chrono::time_point<Clock, Duration>& at) {
    return waited(impl_.try_lock_until(at));
  }

 private:
  friend profiled_mutex;
  static constexpr char kProfiledAs[] = "parkway::tbb::task_mutex";

  bool waited(bool taken) {
    if (taken) profiling::acquired(this);
    return taken;
  }
};

// The name that a profiler shows for this one. No effect without profiling
// tools.
inline void set_name(task_mutex& m, const char* name) {
  profiling::named(&m, name);
}

}  // namespace tbb
}  // namespace parkway

#endif  // PARKWAY_TBB_TASK_TASK_MUTEX_H_
