// SPDX-License-Identifier: Apache-2.0

// parkway::tbb::task_note: a one-time event whose sleeper leaves its worker to
// other tasks.
#ifndef PARKWAY_TBB_TASK_TASK_NOTE_H_
#define PARKWAY_TBB_TASK_TASK_NOTE_H_

#include <chrono>

#include "parkway/task/task_platform.h"
#include "parkway/tbb/task/task_scheduler.h"

namespace parkway {
namespace tbb {

// parkway::Note for a task or a thread, 4 bytes: after a clear(), or
// construction, at most one wakeup() and one sleeper at a time. What
// parkway/lock/futex_note.h says of order, errors and destruction holds.
class task_note {
 public:
  constexpr task_note() noexcept = default;
  task_note(const task_note&) = delete;
  task_note& operator=(const task_note&) = delete;

  // Makes it ready for another round; nobody may sleep on it.
  void clear() { impl_.clear(); }
  // Waits for wakeup(); returns at once after it. An acquire.
  void sleep() {
    use_task_scheduler();
    impl_.sleep();
  }
  // At most for `timeout`, in real time. False if no wakeup() came.
  template <class Rep, class Period>
  bool sleep_for(const std::chrono::duration<Rep, Period>& timeout) {
    use_task_scheduler();
    return impl_.sleep_for(timeout);
  }
  // Until `at` at most, by at's own clock.
  template <class Clock, class Duration>
  bool sleep_until(const std::chrono::time_point<Clock, Duration>& at) {
    use_task_scheduler();
    return impl_.sleep_until(at);
  }
  // Ends the sleep, whether it has begun or is to come. A release. A second one
  // without a clear() ends the program.
  void wakeup() { impl_.wakeup(); }

 private:
  TaskNote impl_;
};

}  // namespace tbb
}  // namespace parkway

#endif  // PARKWAY_TBB_TASK_TASK_NOTE_H_
