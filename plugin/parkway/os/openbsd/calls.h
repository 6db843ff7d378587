// SPDX-License-Identifier: Apache-2.0

// OpenBSD's calls that the files of this folder are made of: futex(2),
// __thrsleep(2), __thrwakeup(2). All go through the libc: the kernel takes them
// from nowhere else. calls.cc makes them; a test on another system puts its own
// in their place. Constants are those of <sys/futex.h>, <sys/time.h> and
// <errno.h>; calls.cc compares them.
#ifndef PARKWAY_OS_OPENBSD_CALLS_H_
#define PARKWAY_OS_OPENBSD_CALLS_H_

#include <time.h>

#include <cstdint>

#include "parkway/os/language.h"

namespace parkway::os::openbsd {

// Error numbers. The functions below return them, or 0.
inline constexpr int kEsrch = 3;
inline constexpr int kEintr = 4;
inline constexpr int kEfault = 14;
inline constexpr int kEagain = 35;  // EWOULDBLOCK as well
inline constexpr int kEtimedout = 60;
inline constexpr int kEcanceled = 88;

inline constexpr int kFutexWait = 1;
inline constexpr int kFutexPrivate = 128;  // FUTEX_PRIVATE_FLAG
// kEagain: the word differed. kEcanceled: a signal, as kEintr. `timeout` is
// relative, or null.
int futex_wait(void* word, int operation, int value,
               const timespec* timeout) noexcept;
// How many were woken, `count` at most. Can't fail.
inline constexpr int kFutexWake = 2;
int futex_wake(void* word, int operation, int count) noexcept;

// The calling thread sleeps on `id` until somebody wakes it, a signal comes
// (kEintr, kEcanceled), or the absolute time of CLOCK_MONOTONIC has come
// (kEagain, which is EWOULDBLOCK there; null: never). *abort is looked at when
// the kernel has what a wake needs as well: if it is not 0 the thread does not
// sleep (kEintr).
int thrsleep(const volatile void* id, const timespec* deadline,
             const int* abort) noexcept;
// kEsrch: nobody slept on `id`. `count` 0: all.
int thrwakeup(const volatile void* id, int count) noexcept;

}  // namespace parkway::os::openbsd

#endif  // PARKWAY_OS_OPENBSD_CALLS_H_
