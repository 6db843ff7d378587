// SPDX-License-Identifier: Apache-2.0

#include <sys/mman.h>

#include "parkway/os/posix/choices.h"

namespace parkway::os::posix {

// MAP_NORESERVE: most of a stack is never touched.
extern const int kStackMapFlags = MAP_PRIVATE | MAP_ANON | MAP_NORESERVE;

// Huge pages are for who asks for them (VM_FLAGS_SUPERPAGE_SIZE_2MB).
void advise_stacks(void*, std::size_t) noexcept {}

}  // namespace parkway::os::posix
