// SPDX-License-Identifier: Apache-2.0

// A clock of POSIX in nanoseconds.
#ifndef PARKWAY_OS_POSIX_CLOCK_NANOTIME_H_
#define PARKWAY_OS_POSIX_CLOCK_NANOTIME_H_

#include <time.h>

#include <cstdint>

#include "parkway/os/language.h"

namespace parkway::os::posix {

inline std::int64_t clock_nanotime(clockid_t clock) noexcept {
  timespec t;
  clock_gettime(clock, &t);
  return static_cast<std::int64_t>(t.tv_sec) * 1000000000 + t.tv_nsec;
}

}  // namespace parkway::os::posix

#endif  // PARKWAY_OS_POSIX_CLOCK_NANOTIME_H_
