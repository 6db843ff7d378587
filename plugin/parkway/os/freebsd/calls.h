// SPDX-License-Identifier: Apache-2.0

// FreeBSD's calls that the files of this folder are made of: _umtx_op(2),
// membarrier(2), getosreldate(3). calls.cc makes them; a test on another system
// puts its own in their place. Constants are those of <sys/umtx.h>,
// <sys/membarrier.h> and <errno.h>; calls.cc compares them.
#ifndef PARKWAY_OS_FREEBSD_CALLS_H_
#define PARKWAY_OS_FREEBSD_CALLS_H_

#include <time.h>

#include <cstdint>

#include "parkway/os/language.h"

namespace parkway::os::freebsd {

// Error numbers. The functions below return them, or 0.
inline constexpr int kEperm = 1;
inline constexpr int kEintr = 4;
inline constexpr int kEfault = 14;
inline constexpr int kEtimedout = 60;

// Compares an unsigned int of this process with `value`, and sleeps if they are
// equal. UMTX_OP_WAIT would compare a long.
inline constexpr int kWaitUintPrivate = 15;
// Wakes at most `value` threads, as an int: not more than INT_MAX.
inline constexpr int kWakePrivate = 16;

// struct _umtx_time. `size_of_time` says that it is one and not a timespec,
// which would be taken as a time of CLOCK_REALTIME.
struct UmtxTime {
  timespec timeout;
  std::uint32_t flags;
  std::uint32_t clock;
};
inline constexpr std::uint32_t kAbsolute = 1;        // UMTX_ABSTIME
inline constexpr std::uint32_t kClockMonotonic = 4;  // CLOCK_MONOTONIC

// 0 if the word differed, if it was woken, or for no reason.
int umtx_op(void* object, int operation, unsigned long value,
            void* size_of_time, void* time) noexcept;

// From FreeBSD 14.1 on. An older kernel ends a program that makes the call.
inline constexpr int kPrivateExpedited = 0x08;
inline constexpr int kRegisterPrivateExpedited = 0x10;
int membarrier(int command) noexcept;

// The kernel's release: 1401000 is 14.1.
int kernel_release() noexcept;

}  // namespace parkway::os::freebsd

#endif  // PARKWAY_OS_FREEBSD_CALLS_H_
