// SPDX-License-Identifier: Apache-2.0

#include "parkway/os/netbsd/calls.h"

#include <errno.h>
#include <lwp.h>
#include <sys/param.h>
// After it.
#include <sys/futex.h>
#include <sys/sysctl.h>
#include <time.h>
#include <unistd.h>

#include <cstddef>

#include "parkway/os/posix/saved_errno.h"

namespace parkway::os::netbsd {

static_assert(kEsrch == ESRCH && kEintr == EINTR && kEfault == EFAULT &&
              kEagain == EAGAIN && kEalready == EALREADY &&
              kEtimedout == ETIMEDOUT);
static_assert(kFutexWait == FUTEX_WAIT && kFutexWake == FUTEX_WAKE &&
              kFutexPrivate == FUTEX_PRIVATE_FLAG);

int futex(void* word, int operation, int value,
          const timespec* timeout) noexcept {
  const posix::SavedErrno keep;
  constexpr int kFutex = 166;  // SYS___futex, which older headers lack
  return syscall(kFutex, word, operation, value, timeout, nullptr, 0, 0) != -1
             ? 0
             : errno;
}

int kernel_revision() noexcept {
  const posix::SavedErrno keep;
  const int name[] = {CTL_KERN, KERN_OSREV};
  int revision = 0;
  std::size_t size = sizeof(revision);
  return sysctl(name, 2, &revision, &size, nullptr, 0) == 0 ? revision : 0;
}

int lwp_park(const timespec* deadline, const void* hint) noexcept {
  const posix::SavedErrno keep;
  // With a relative time the kernel would write to it what is left.
  return _lwp_park(CLOCK_MONOTONIC, TIMER_ABSTIME,
                   const_cast<timespec*>(deadline), 0, hint, nullptr) == 0
             ? 0
             : errno;
}

int lwp_unpark(int thread, const void* hint) noexcept {
  const posix::SavedErrno keep;
  return _lwp_unpark(thread, hint) == 0 ? 0 : errno;
}

int lwp_self() noexcept { return _lwp_self(); }

}  // namespace parkway::os::netbsd
