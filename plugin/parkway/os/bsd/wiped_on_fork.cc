// SPDX-License-Identifier: Apache-2.0

#include <sys/mman.h>

#include "parkway/os/os.h"
#include "parkway/os/posix/choices.h"
#include "parkway/os/posix/saved_errno.h"

namespace parkway::os {

void* map_wiped_on_fork(std::size_t bytes) noexcept {
  const posix::SavedErrno keep;
  void* p = sysalloc(bytes);
  // An older kernel knows of no such inheritance.
  if (p != nullptr && minherit(p, bytes, posix::kInheritZero) != 0) {
    munmap(p, bytes);
    p = nullptr;
  }
  return p;
}

}  // namespace parkway::os
