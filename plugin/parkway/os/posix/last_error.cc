// SPDX-License-Identifier: Apache-2.0

#include <errno.h>

#include "parkway/os/os.h"

namespace parkway::os {

int last_error() noexcept { return errno; }
void set_last_error(int error) noexcept { errno = error; }

}  // namespace parkway::os
