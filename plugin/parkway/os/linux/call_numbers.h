// SPDX-License-Identifier: Apache-2.0

// Numbers of system calls that are newer than the headers and the libc that
// parkway may be built with. One that the kernel does not know is an error of
// the call.
#ifndef PARKWAY_OS_LINUX_CALL_NUMBERS_H_
#define PARKWAY_OS_LINUX_CALL_NUMBERS_H_

#include <sys/syscall.h>

#include "parkway/os/language.h"

namespace parkway::os::kernel {

inline constexpr long kOpenat2 = 437;  // the same on all processors but Alpha

#if defined(SYS_statx)
inline constexpr long kStatx = SYS_statx;  // Linux 4.11
#elif defined(__x86_64__)
inline constexpr long kStatx = 332;
#elif defined(__i386__)
inline constexpr long kStatx = 383;
#elif defined(__arm__)
inline constexpr long kStatx = 397;
#else
inline constexpr long kStatx = 291;  // of processors that came to Linux late
#endif

#if defined(SYS_preadv2)
inline constexpr long kPreadv2 = SYS_preadv2;  // Linux 4.6
#elif defined(__x86_64__)
inline constexpr long kPreadv2 = 327;
#elif defined(__i386__)
inline constexpr long kPreadv2 = 378;
#elif defined(__arm__)
inline constexpr long kPreadv2 = 392;
#else
inline constexpr long kPreadv2 = 286;
#endif

}  // namespace parkway::os::kernel

#endif  // PARKWAY_OS_LINUX_CALL_NUMBERS_H_
