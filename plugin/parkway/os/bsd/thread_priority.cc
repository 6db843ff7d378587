// SPDX-License-Identifier: Apache-2.0

#include <pthread.h>
#include <sched.h>

#include "parkway/os/os.h"

namespace parkway::os {

int thread_priority() noexcept {
  int policy = SCHED_OTHER;
  sched_param param = {};
  // What SCHED_OTHER calls a priority is another thing on each system.
  const bool real_time =
      pthread_getschedparam(pthread_self(), &policy, &param) == 0 &&
      (policy == SCHED_FIFO || policy == SCHED_RR);
  return real_time ? param.sched_priority : 0;
}

}  // namespace parkway::os
