// SPDX-License-Identifier: Apache-2.0

// For systems without a clock that is cheaper than nanotime()'s.
#include "parkway/os/os.h"

namespace parkway::os {

std::int64_t coarse_nanotime() noexcept { return nanotime(); }

}  // namespace parkway::os
