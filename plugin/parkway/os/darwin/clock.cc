// SPDX-License-Identifier: Apache-2.0

#include <time.h>

#include "parkway/os/os.h"

namespace parkway::os {

// The clock that the kernel measures waits by: it stands still while the
// machine sleeps. (CLOCK_MONOTONIC goes on, and has microseconds only.)
std::int64_t nanotime() noexcept {
  return static_cast<std::int64_t>(clock_gettime_nsec_np(CLOCK_UPTIME_RAW));
}

std::int64_t coarse_nanotime() noexcept {
  return static_cast<std::int64_t>(
      clock_gettime_nsec_np(CLOCK_UPTIME_RAW_APPROX));
}

}  // namespace parkway::os
