// SPDX-License-Identifier: Apache-2.0

// OpenBSD's calls on Linux, by the pages futex(2) and __thrsleep(2) of OpenBSD
// 7, and sys/kern/sys_futex.c and kern_synch.c where the pages say nothing:
//   - both sleeps end with ECANCELED after a signal whose handler has
//     SA_RESTART, with EINTR after another;
//   - a futex's time is relative, __thrsleep's absolute;
//   - the abort word is looked at when the sleeper can be woken already.
#include "parkway/os/openbsd/calls.h"

#include <errno.h>

#include <cstdint>

#include "tests/os/errors.h"
#include "tests/os/kernel.h"

namespace parkway::os::openbsd {
namespace {

namespace kernel = test::kernel;
using test::bsd::kEinval;
using test::bsd::kEnosys;

// Of sleeps; a private futex is another one than a shared futex at its address.
constexpr std::uint64_t kSharedFutex = 0;
constexpr std::uint64_t kThread = 1;

kernel::Key futex_key(const void* word, int operation) {
  return kernel::KeyOf(
      word, kSharedFutex + static_cast<unsigned>(operation & kFutexPrivate));
}

// What a sleep returns, but for the end of its time.
int error_of(kernel::End end, int timeout) {
  switch (end) {
    case kernel::End::kTimeout:
      return timeout;
    case kernel::End::kSignal:
      return kEintr;
    case kernel::End::kRestart:
      return kEcanceled;
    default:
      return 0;
  }
}

int wait(void* word, int operation, int value, const timespec* timeout) {
  if ((operation & ~kFutexPrivate) != kFutexWait) return kEnosys;
  std::int64_t end = kernel::kNever;
  if (timeout != nullptr) {
    if (!kernel::IsValid(*timeout)) return kEinval;
    end = kernel::After(kernel::NanosecondsOf(*timeout));
  }
  kernel::Lock lock;
  switch (kernel::Compare(word, static_cast<std::uint32_t>(value))) {
    case kernel::Seen::kFault:
      return kEfault;
    case kernel::Seen::kDiffers:
      return kEagain;
    case kernel::Seen::kSame:
      break;
  }
  return error_of(kernel::Sleep(lock, futex_key(word, operation), end,
                                kernel::Faults::kSignalsOrNothing),
                  kEtimedout);
}

int sleep(const volatile void* id, const timespec* deadline, const int* abort) {
  if (id == nullptr) return kEinval;
  std::int64_t end = kernel::kNever;
  if (deadline != nullptr) {
    if (!kernel::IsValid(*deadline)) return kEinval;
    end = kernel::NanosecondsOf(*deadline);
    // Before it looks at the abort word.
    if (end <= kernel::Now()) return kEagain;
  }
  kernel::Lock lock;
  if (abort != nullptr) {
    switch (kernel::Compare(abort, 0)) {
      case kernel::Seen::kFault:
        return kEfault;
      case kernel::Seen::kDiffers:
        return kEintr;
      case kernel::Seen::kSame:
        break;
    }
  }
  return error_of(kernel::Sleep(lock, kernel::KeyOf(id, kThread), end,
                                kernel::Faults::kSignalsOrNothing),
                  kEagain);
}

}  // namespace

int futex_wait(void* word, int operation, int value,
               const timespec* timeout) noexcept {
  kernel::PerhapsLate();
  const int error = wait(word, operation, value, timeout);
  kernel::PerhapsLate();
  return error;
}

int futex_wake(void* word, int operation, int count) noexcept {
  if ((operation & ~kFutexPrivate) != kFutexWake) {
    errno = kEnosys;
    return -1;
  }
  kernel::PerhapsLate();
  kernel::Lock lock;
  return kernel::Wake(lock, futex_key(word, operation), count);
}

int thrsleep(const volatile void* id, const timespec* deadline,
             const int* abort) noexcept {
  kernel::PerhapsLate();
  const int error = sleep(id, deadline, abort);
  kernel::PerhapsLate();
  return error;
}

int thrwakeup(const volatile void* id, int count) noexcept {
  if (id == nullptr) return kEinval;
  kernel::PerhapsLate();
  kernel::Lock lock;
  const int woken = kernel::Wake(lock, kernel::KeyOf(id, kThread),
                                 count > 0 ? count : kernel::kAll);
  return woken > 0 ? 0 : kEsrch;
}

}  // namespace parkway::os::openbsd
