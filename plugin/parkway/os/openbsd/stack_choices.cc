// SPDX-License-Identifier: Apache-2.0

#include <sys/mman.h>

#include "parkway/os/posix/choices.h"

namespace parkway::os::posix {

// Without MAP_STACK the kernel ends a program whose stack pointer is there.
extern const int kStackMapFlags = MAP_PRIVATE | MAP_ANON | MAP_STACK;

void advise_stacks(void*, std::size_t) noexcept {}

extern const int kInheritZero = MAP_INHERIT_ZERO;

}  // namespace parkway::os::posix
