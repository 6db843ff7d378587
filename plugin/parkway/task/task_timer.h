// SPDX-License-Identifier: Apache-2.0

// The deadline of a task that is parked: a thread sleeps for all of them.
#ifndef PARKWAY_TASK_TASK_TIMER_H_
#define PARKWAY_TASK_TASK_TIMER_H_

#include <cstdint>

#include "parkway/os/os.h"
#include "parkway/task/timer_heap.h"

namespace parkway {

template <class P>
class BasicWaiter;

// For one suspension, on the stack that it leaves.
template <class P>
class BasicTaskTimer : public TimerNode {
 public:
  // A task that time_is_up() says is to be resumed.
  struct Expired {
    typename P::Scheduler* scheduler;
    void* task;
  };

  BasicTaskTimer(BasicWaiter<P>& waiter, std::int64_t at) : waiter_(waiter) {
    deadline = at;
  }
  BasicTaskTimer(const BasicTaskTimer&) = delete;
  BasicTaskTimer& operator=(const BasicTaskTimer&) = delete;

  // Nothing without a deadline.
  void start() {
    if (deadline == os::kForever) return;
    started_ = true;
    P::start_timer(*this);
  }
  // After it the timer is nobody's any more.
  void stop() {
    if (started_) P::stop_timer(*this);
  }

  // By P's timers, under the lock that start_timer() and stop_timer() take,
  // when the deadline has come. False if the task was readied before. Otherwise
  // what to resume, after the lock has been released.
  bool expire(Expired& expired) {
    if (!waiter_.time_is_up()) return false;
    expired = {waiter_.scheduler_, waiter_.task_};
    return true;
  }

 private:
  BasicWaiter<P>& waiter_;
  bool started_ = false;
};

}  // namespace parkway

#endif  // PARKWAY_TASK_TASK_TIMER_H_
