// SPDX-License-Identifier: Apache-2.0

// NetBSD's calls that the files of this folder are made of: ___futex, which
// has no page in the manual (<sys/futex.h> says that it is as Linux's
// futex(2)), _lwp_park(2), _lwp_unpark(2), _lwp_self(2), sysctl(7)'s
// kern.osrevision. calls.cc makes them; a test on another system puts its own
// in their place. Constants are those of <sys/futex.h>, <sys/time.h> and
// <errno.h>; calls.cc compares them.
#ifndef PARKWAY_OS_NETBSD_CALLS_H_
#define PARKWAY_OS_NETBSD_CALLS_H_

#include <time.h>

#include <cstdint>

#include "parkway/os/language.h"

namespace parkway::os::netbsd {

// Error numbers. The functions below return them, or 0.
inline constexpr int kEsrch = 3;
inline constexpr int kEintr = 4;
inline constexpr int kEfault = 14;
inline constexpr int kEagain = 35;
inline constexpr int kEalready = 37;
inline constexpr int kEtimedout = 60;

// From NetBSD 10 on. An older kernel ends a program that makes the call: ask
// kernel_revision() first.
inline constexpr int kFutexWait = 0;
inline constexpr int kFutexWake = 1;
inline constexpr int kFutexPrivate = 128;  // FUTEX_PRIVATE_FLAG
// `timeout` is relative, or null. A wake's `value`, an int, is how many. 0 for
// a wake also if it found nobody.
int futex(void* word, int operation, int value,
          const timespec* timeout) noexcept;

// __NetBSD_Version__ of the kernel: 1000000000 is 10.0.
int kernel_revision() noexcept;

// The calling thread sleeps until somebody unparks it, a signal comes, or the
// absolute time of CLOCK_MONOTONIC has come (null: never). If it was unparked
// before, it returns at once, kEalready, and forgets that. `hint` is the
// address that the waker has as well; it means nothing else.
// That is ___lwp_park60(CLOCK_MONOTONIC, TIMER_ABSTIME, deadline, 0, hint, 0).
int lwp_park(const timespec* deadline, const void* hint) noexcept;
// kEsrch if there is no such thread. It may be asleep for something else, or
// another thread with the number of one that is gone: then it wakes up for no
// reason.
int lwp_unpark(int thread, const void* hint) noexcept;
// The calling thread's number, above 0.
int lwp_self() noexcept;

}  // namespace parkway::os::netbsd

#endif  // PARKWAY_OS_NETBSD_CALLS_H_
