// SPDX-License-Identifier: Apache-2.0

// sched_yield() of the whole process. Nothing changes but for our workers in
// libtbb.
#include <sys/syscall.h>
#include <unistd.h>

#include "parkway/tbb/preload/yields/idle_yield.h"

extern "C" int sched_yield() {
  using parkway::preload::IdleYield;
  IdleYield* const idle = IdleYield::current();
  if (idle != nullptr &&
      idle->pass(__builtin_return_address(0), __builtin_frame_address(0))) {
    return 0;
  }
  return static_cast<int>(syscall(SYS_sched_yield));
}
