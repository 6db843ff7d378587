// SPDX-License-Identifier: Apache-2.0

// For systems whose forks copy all memory.
#include "parkway/os/os.h"

namespace parkway::os {

void* map_wiped_on_fork(std::size_t) noexcept { return nullptr; }

}  // namespace parkway::os
