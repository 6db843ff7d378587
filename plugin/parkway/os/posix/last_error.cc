// SPDX-License-Identifier: Apache-2.0

#include <errno.h>

#include "parkway/os/compiler.h"
#include "parkway/os/os.h"

namespace parkway::os {

// Not inlined by a link-time optimizer either: the caller may be a task that
// has changed threads between two calls, and an error number's address is taken
// to be always the same.
PARKWAY_NOINLINE int last_error() noexcept { return errno; }
PARKWAY_NOINLINE void set_last_error(int error) noexcept { errno = error; }

}  // namespace parkway::os
