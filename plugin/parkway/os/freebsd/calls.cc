// SPDX-License-Identifier: Apache-2.0

#include "parkway/os/freebsd/calls.h"

#include <errno.h>
#include <sys/types.h>
// After it.
#include <sys/umtx.h>
#include <time.h>
#include <unistd.h>

#include <cstddef>

#include "parkway/os/posix/saved_errno.h"

namespace parkway::os::freebsd {

static_assert(kEperm == EPERM && kEintr == EINTR && kEfault == EFAULT &&
              kEtimedout == ETIMEDOUT);
static_assert(kWaitUintPrivate == UMTX_OP_WAIT_UINT_PRIVATE &&
              kWakePrivate == UMTX_OP_WAKE_PRIVATE &&
              kAbsolute == UMTX_ABSTIME && kClockMonotonic == CLOCK_MONOTONIC);
static_assert(sizeof(UmtxTime) == sizeof(_umtx_time) &&
              offsetof(UmtxTime, flags) == offsetof(_umtx_time, _flags) &&
              offsetof(UmtxTime, clock) == offsetof(_umtx_time, _clockid));

int umtx_op(void* object, int operation, unsigned long value,
            void* size_of_time, void* time) noexcept {
  const posix::SavedErrno keep;
  return _umtx_op(object, operation, value, size_of_time, time) == 0 ? 0
                                                                     : errno;
}

int membarrier(int command) noexcept {
  const posix::SavedErrno keep;
  // By number: the libc that is linked may be that of an older release.
  constexpr int kMembarrier = 584;
  return syscall(kMembarrier, command, 0U, 0) == 0 ? 0 : errno;
}

int kernel_release() noexcept {
  const posix::SavedErrno keep;
  return getosreldate();
}

}  // namespace parkway::os::freebsd
