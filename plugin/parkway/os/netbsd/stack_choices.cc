// SPDX-License-Identifier: Apache-2.0

#include <sys/mman.h>

#include "parkway/os/posix/choices.h"

namespace parkway::os::posix {

// MAP_NORESERVE: most of a stack is never touched.
extern const int kStackMapFlags = MAP_PRIVATE | MAP_ANON | MAP_NORESERVE;

void advise_stacks(void*, std::size_t) noexcept {}

extern const int kInheritZero = MAP_INHERIT_ZERO;

}  // namespace parkway::os::posix
