// SPDX-License-Identifier: Apache-2.0

#include <sys/mman.h>

#include "parkway/os/posix/choices.h"

namespace parkway::os::posix {

// Not MAP_STACK: that one grows, and begins with a guard of its own. What is
// not touched is never reserved.
extern const int kStackMapFlags = MAP_PRIVATE | MAP_ANON;

// The kernel makes superpages of what is touched, and of nothing else.
void advise_stacks(void*, std::size_t) noexcept {}

extern const int kInheritZero = INHERIT_ZERO;

}  // namespace parkway::os::posix
