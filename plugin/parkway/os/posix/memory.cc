// SPDX-License-Identifier: Apache-2.0

#include <sys/mman.h>

#include "parkway/os/os.h"
#include "parkway/os/posix/saved_errno.h"

namespace parkway::os {

void* sysalloc(std::size_t bytes) noexcept {
  const posix::SavedErrno keep;
  void* p = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return p == MAP_FAILED ? nullptr : p;
}

}  // namespace parkway::os
