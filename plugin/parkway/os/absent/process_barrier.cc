// SPDX-License-Identifier: Apache-2.0

// For systems whose threads can't be made to pass a barrier. Releases are exact
// there (parkway/wait/sleepers.h).
#include "parkway/os/os.h"

namespace parkway::os {

bool process_barrier() noexcept { return false; }
bool prepare_process_barrier() noexcept { return false; }

}  // namespace parkway::os
