// SPDX-License-Identifier: Apache-2.0

// Written by the manual; no compiler for DragonFly has seen it.
#include "parkway/os/dragonfly/calls.h"

#include <errno.h>
#include <unistd.h>

#include "parkway/os/posix/saved_errno.h"

namespace parkway::os::dragonfly {

static_assert(kEintr == EINTR && kEfault == EFAULT && kEbusy == EBUSY &&
              kEwouldblock == EWOULDBLOCK);

int umtx_sleep(const volatile int* word, int value, int microseconds) noexcept {
  const posix::SavedErrno keep;
  return ::umtx_sleep(word, value, microseconds) == 0 ? 0 : errno;
}

int umtx_wakeup(const volatile int* word, int count) noexcept {
  const posix::SavedErrno keep;
  return ::umtx_wakeup(word, count) == 0 ? 0 : errno;
}

}  // namespace parkway::os::dragonfly
