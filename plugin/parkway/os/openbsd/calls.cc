// SPDX-License-Identifier: Apache-2.0

#include "parkway/os/openbsd/calls.h"

#include <errno.h>
#include <sys/types.h>
// After it.
#include <sys/futex.h>
#include <sys/time.h>

#include "parkway/os/posix/saved_errno.h"

// In the libc, and in no header of it.
extern "C" {
int __thrsleep(const volatile void* id, clockid_t clock, const timespec* time,
               void* lock, const int* abort);
int __thrwakeup(const volatile void* id, int count);
}

namespace parkway::os::openbsd {

static_assert(kEsrch == ESRCH && kEintr == EINTR && kEfault == EFAULT &&
              kEagain == EAGAIN && kEagain == EWOULDBLOCK &&
              kEtimedout == ETIMEDOUT && kEcanceled == ECANCELED);
static_assert(kFutexWait == FUTEX_WAIT && kFutexWake == FUTEX_WAKE &&
              kFutexPrivate == FUTEX_PRIVATE_FLAG);

int futex_wait(void* word, int operation, int value,
               const timespec* timeout) noexcept {
  const posix::SavedErrno keep;
  // Older releases return the error number itself.
  const int result = futex(static_cast<volatile std::uint32_t*>(word),
                           operation, value, timeout, nullptr);
  return result == -1 ? errno : result;
}

int futex_wake(void* word, int operation, int count) noexcept {
  return futex(static_cast<volatile std::uint32_t*>(word), operation, count,
               nullptr, nullptr);
}

int thrsleep(const volatile void* id, const timespec* deadline,
             const int* abort) noexcept {
  const posix::SavedErrno keep;
  // Both return the error number itself.
  return __thrsleep(id, CLOCK_MONOTONIC, deadline, nullptr, abort);
}

int thrwakeup(const volatile void* id, int count) noexcept {
  const posix::SavedErrno keep;
  return __thrwakeup(id, count);
}

}  // namespace parkway::os::openbsd
