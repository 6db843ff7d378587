// SPDX-License-Identifier: Apache-2.0

// ParkPlatform: the production policy of what parks, the lock layer's Platform
// and the task layer's part. What the members are for is said in
// parkway/base/platform.h.
//
// The task layer adds
//   Scheduler, Suspension, scheduler_of_caller()  see parkway/task/scheduler.h
//   timers_run()       whether there is what ends waits whose time is up, or it
//                      could be started
//   start_timer, stop_timer   see parkway/task/task_timer.h
#ifndef PARKWAY_TASK_PARK_PLATFORM_H_
#define PARKWAY_TASK_PARK_PLATFORM_H_

#include "parkway/task/scheduler.h"
#include "parkway/wait/wait_platform.h"

namespace parkway {

template <class P>
class BasicTaskTimer;

struct ParkPlatform : Platform {
  using Scheduler = parkway::Scheduler;
  using Suspension = parkway::Suspension;
  static Scheduler* scheduler_of_caller() noexcept {
    return parkway::scheduler_of_caller();
  }
  // In timer_thread.cc.
  static bool timers_run() noexcept;
  static void start_timer(BasicTaskTimer<ParkPlatform>& timer) noexcept;
  static void stop_timer(BasicTaskTimer<ParkPlatform>& timer) noexcept;
};

}  // namespace parkway

#endif  // PARKWAY_TASK_PARK_PLATFORM_H_
