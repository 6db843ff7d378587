// SPDX-License-Identifier: Apache-2.0

// NetBSD's calls on Linux, by the pages _lwp_park(2), _lwp_unpark(2) and
// _lwp_self(2) of NetBSD 10. ___futex has no page: <sys/futex.h> says that it
// is as Linux's futex(2), and sys/kern/sys_futex.c how it fails. A call that
// the release does not have ends the program, as SIGSYS does.
//   - a park whose time is over does not look whether it was unparked before;
//   - neither call is restarted after a signal.
#include "parkway/os/netbsd/calls.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <set>

#include "tests/os/errors.h"
#include "tests/os/kernel.h"

namespace parkway::os::netbsd {
namespace {

namespace kernel = test::kernel;
using test::bsd::kEinval;
using test::bsd::kEnosys;

constexpr int kFirstWithFutex = 1000000000;

// Of sleeps.
constexpr std::uint64_t kPark = 1;

kernel::Key futex_key(const void* word, int operation) {
  return kernel::KeyOf(word, static_cast<unsigned>(operation & kFutexPrivate));
}

kernel::Key park_key(int thread) {
  return {static_cast<std::uintptr_t>(thread), kPark};
}

int error_of(kernel::End end) {
  switch (end) {
    case kernel::End::kTimeout:
      return kEtimedout;
    case kernel::End::kSignal:
    case kernel::End::kRestart:
      return kEintr;
    default:
      return 0;
  }
}

int wait(void* word, int operation, int value, const timespec* timeout) {
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
                                kernel::Faults::kSignalsOrNothing));
}

// Threads that were unparked when they were not parked. Needs the lock.
std::set<int>& unparked() {
  static auto* const threads = new std::set<int>;
  return *threads;
}

int park(const timespec* deadline) {
  const int self = lwp_self();
  std::int64_t end = kernel::kNever;
  if (deadline != nullptr) {
    if (!kernel::IsValid(*deadline)) return kEinval;
    end = kernel::NanosecondsOf(*deadline);
    if (end <= kernel::Now()) return kEtimedout;
  }
  kernel::Lock lock;
  if (unparked().erase(self) != 0) return kEalready;
  return error_of(kernel::Sleep(lock, park_key(self), end,
                                kernel::Faults::kSignalsOrNothing));
}

bool is_thread(int thread) {
  const int saved = errno;
  const bool is = syscall(SYS_tgkill, getpid(), thread, 0) == 0;
  errno = saved;
  return is;
}

}  // namespace

int futex(void* word, int operation, int value,
          const timespec* timeout) noexcept {
  if (kernel_revision() < kFirstWithFutex) std::abort();
  kernel::PerhapsLate();
  int error = 0;
  if ((operation & ~kFutexPrivate) == kFutexWait) {
    error = wait(word, operation, value, timeout);
  } else if ((operation & ~kFutexPrivate) != kFutexWake) {
    error = kEnosys;
  } else if (value < 0) {
    error = kEinval;
  } else {
    kernel::Lock lock;
    kernel::Wake(lock, futex_key(word, operation), value);
  }
  kernel::PerhapsLate();
  return error;
}

int kernel_revision() noexcept {
  return kernel::Release() != 0 ? kernel::Release() : kFirstWithFutex;
}

int lwp_park(const timespec* deadline, const void* /*hint*/) noexcept {
  kernel::PerhapsLate();
  const int error = park(deadline);
  kernel::PerhapsLate();
  return error;
}

int lwp_unpark(int thread, const void* /*hint*/) noexcept {
  kernel::PerhapsLate();
  kernel::Lock lock;
  if (!is_thread(thread)) return kEsrch;
  if (kernel::Wake(lock, park_key(thread), 1) == 0) unparked().insert(thread);
  return 0;
}

int lwp_self() noexcept { return static_cast<int>(syscall(SYS_gettid)); }

}  // namespace parkway::os::netbsd
