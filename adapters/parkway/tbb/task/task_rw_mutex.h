// SPDX-License-Identifier: Apache-2.0

// parkway::tbb::task_rw_mutex: a reader-writer mutex whose waiters leave their
// worker to other tasks.
#ifndef PARKWAY_TBB_TASK_TASK_RW_MUTEX_H_
#define PARKWAY_TBB_TASK_TASK_RW_MUTEX_H_

#include <chrono>

#include "parkway/tbb/shared_mutex.h"
#include "parkway/tbb/task/parking_impl.h"

namespace parkway {
namespace tbb {

// parkway::tbb::rw_mutex, 8 bytes, for tasks: see
// parkway/tbb/task/task_mutex.h. A waiting writer stops new readers. The
// interface is oneTBB's rw_mutex and std::shared_timed_mutex.
class task_rw_mutex
    : public detail::shared_mutex<task_rw_mutex, detail::parking_rw_mutex> {
 public:
  static constexpr bool is_fair_mutex = false;

  using scoped_lock = detail::rw_scoped_lock<task_rw_mutex>;

  // Unlocked; constant initialisation without profiling tools.
  // Not defaulted: that would make an aggregate of it.
  PARKWAY_TBB_CONSTEXPR task_rw_mutex() noexcept {}

  // As std::shared_timed_mutex's: real time, false if it ran out.
  template <class Rep, class Period>
  bool try_lock_for(const std::chrono::duration<Rep, Period>& timeout) {
    return waited(impl_.try_lock_for(timeout));
  }
  template <class Clock, class Duration>
  bool try_lock_until(const std::chrono::time_point<Clock, Duration>& at) {
    return waited(impl_.try_lock_until(at));
  }
  template <class Rep, class Period>
  bool try_lock_shared_for(const std::chrono::duration<Rep, Period>& timeout) {
    return waited(impl_.try_lock_shared_for(timeout));
  }
  template <class Clock, class Duration>
  bool try_lock_shared_until(
      const std::chrono::time_point<Clock, Duration>& at) {
    return waited(impl_.try_lock_shared_until(at));
  }

 private:
  friend profiled_mutex;
  static constexpr char kProfiledAs[] = "parkway::tbb::task_rw_mutex";

  bool waited(bool taken) {
    if (taken) profiling::acquired(this);
    return taken;
  }
};

// The name that a profiler shows.
inline void set_name(task_rw_mutex& m, const char* name) {
  profiling::named(&m, name);
}

}  // namespace tbb
}  // namespace parkway

#endif  // PARKWAY_TBB_TASK_TASK_RW_MUTEX_H_
