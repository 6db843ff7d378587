// SPDX-License-Identifier: Apache-2.0

// Nanoseconds as POSIX has them.
#ifndef PARKWAY_OS_POSIX_TIMESPEC_OF_H_
#define PARKWAY_OS_POSIX_TIMESPEC_OF_H_

#include <time.h>

#include <algorithm>
#include <cstdint>
#include <limits>

#include "parkway/os/language.h"

namespace parkway::os::posix {

// Less than nothing is nothing; more than a time_t holds, the most that it
// does.
inline timespec timespec_of(std::int64_t nanoseconds) noexcept {
  constexpr std::int64_t kSecond = 1000000000;
  constexpr std::int64_t kMost = std::numeric_limits<time_t>::max();
  nanoseconds = std::max<std::int64_t>(nanoseconds, 0);
  timespec time{};
  time.tv_sec = static_cast<time_t>(std::min(nanoseconds / kSecond, kMost));
  time.tv_nsec = static_cast<long>(nanoseconds % kSecond);
  return time;
}

}  // namespace parkway::os::posix

#endif  // PARKWAY_OS_POSIX_TIMESPEC_OF_H_
