// SPDX-License-Identifier: Apache-2.0

// Written by the manual; no compiler for DragonFly has seen it.
#include <sys/mman.h>

#include "parkway/os/posix/choices.h"

namespace parkway::os::posix {

// Not MAP_STACK: that one grows.
extern const int kStackMapFlags = MAP_PRIVATE | MAP_ANON;

void advise_stacks(void*, std::size_t) noexcept {}

}  // namespace parkway::os::posix
