// SPDX-License-Identifier: Apache-2.0

// A deadline as a relative time, for kernels that take those.
#ifndef PARKWAY_OS_TIME_LEFT_H_
#define PARKWAY_OS_TIME_LEFT_H_

#include <cstdint>

#include "parkway/os/language.h"
#include "parkway/os/os.h"

namespace parkway::os {

// Nanoseconds until then; 0 if it has passed. Compared first: the difference
// from a deadline far in the past has no room in 64 bits.
inline std::int64_t time_left(std::int64_t deadline) noexcept {
  const std::int64_t now = nanotime();
  return deadline > now ? deadline - now : 0;
}

}  // namespace parkway::os

#endif  // PARKWAY_OS_TIME_LEFT_H_
