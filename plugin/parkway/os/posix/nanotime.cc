// SPDX-License-Identifier: Apache-2.0

#include "parkway/os/os.h"
#include "parkway/os/posix/clock_nanotime.h"

namespace parkway::os {

std::int64_t nanotime() noexcept {
  return posix::clock_nanotime(CLOCK_MONOTONIC);
}

}  // namespace parkway::os
