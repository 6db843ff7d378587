// SPDX-License-Identifier: Apache-2.0

#include <sched.h>

#include "parkway/os/os.h"

namespace parkway::os {

void osyield() noexcept { sched_yield(); }

}  // namespace parkway::os
