// SPDX-License-Identifier: Apache-2.0

// parkway's locks for tasks as the adapters of this folder take them: the first
// wait tells the plugin of oneTBB's tasks.
#ifndef PARKWAY_TBB_TASK_PARKING_IMPL_H_
#define PARKWAY_TBB_TASK_PARKING_IMPL_H_

#include <chrono>

#include "parkway/base/thread_annotations.h"
#include "parkway/task/task_platform.h"
#include "parkway/tbb/task/task_scheduler.h"

namespace parkway {
namespace tbb {
namespace detail {

// TaskMutex, or the exclusive half of TaskRwMutex.
template <class Impl>
class parking_mutex {
 public:
  constexpr parking_mutex() noexcept = default;

  void lock() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    if (__builtin_expect(!impl_.try_lock(), 0)) {
      wait_for(
          [&]() PARKWAY_NO_THREAD_SAFETY_ANALYSIS { impl_.lock_after_try(); });
    }
  }
  bool try_lock() PARKWAY_NO_THREAD_SAFETY_ANALYSIS { return impl_.try_lock(); }
  template <class Rep, class Period>
  bool try_lock_for(const std::chrono::duration<Rep, Period>& timeout)
      PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    return impl_.try_lock() ||
           wait_for([&]() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
             return impl_.try_lock_for(timeout);
           });
  }
  template <class Clock, class Duration>
  bool try_lock_until(const std::chrono::time_point<Clock, Duration>& at)
      PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    return impl_.try_lock() ||
           wait_for([&]() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
             return impl_.try_lock_until(at);
           });
  }
  void unlock() PARKWAY_NO_THREAD_SAFETY_ANALYSIS { impl_.unlock(); }

 protected:
  template <class Wait>
  [[gnu::noinline]] static auto wait_for(Wait&& wait) {
    use_task_scheduler();
    return wait();
  }

  Impl impl_;
};

class parking_rw_mutex : public parking_mutex<TaskRwMutex> {
 public:
  constexpr parking_rw_mutex() noexcept = default;

  void lock_shared() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    if (__builtin_expect(!impl_.try_lock_shared(), 0)) {
      wait_for([&]() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
        impl_.lock_shared_after_try();
      });
    }
  }
  bool try_lock_shared() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    return impl_.try_lock_shared();
  }
  template <class Rep, class Period>
  bool try_lock_shared_for(const std::chrono::duration<Rep, Period>& timeout)
      PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    return impl_.try_lock_shared() ||
           wait_for([&]() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
             return impl_.try_lock_shared_for(timeout);
           });
  }
  template <class Clock, class Duration>
  bool try_lock_shared_until(const std::chrono::time_point<Clock, Duration>& at)
      PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    return impl_.try_lock_shared() ||
           wait_for([&]() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
             return impl_.try_lock_shared_until(at);
           });
  }
  void unlock_shared() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    impl_.unlock_shared();
  }
  bool try_upgrade() { return impl_.try_upgrade(); }
  void downgrade() { impl_.downgrade(); }
};

}  // namespace detail
}  // namespace tbb
}  // namespace parkway

#endif  // PARKWAY_TBB_TASK_PARKING_IMPL_H_
