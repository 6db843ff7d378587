// SPDX-License-Identifier: Apache-2.0

// What the files of os/posix leave to the system, which defines what the files
// need that are linked for it.
#ifndef PARKWAY_OS_POSIX_CHOICES_H_
#define PARKWAY_OS_POSIX_CHOICES_H_

#include <cstddef>

#include "parkway/os/language.h"

namespace parkway::os::posix {

// mmap()'s flags for memory of stacks: private, anonymous, and that most of it
// is never touched.
extern const int kStackMapFlags;

// After stacks were mapped: says that huge pages would be a waste.
void advise_stacks(void* memory, std::size_t bytes) noexcept;

// For minherit(): the child of a fork finds zeroes.
extern const int kInheritZero;

}  // namespace parkway::os::posix

#endif  // PARKWAY_OS_POSIX_CHOICES_H_
