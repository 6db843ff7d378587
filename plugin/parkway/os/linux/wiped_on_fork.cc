// SPDX-License-Identifier: Apache-2.0

#include <sys/mman.h>

#include "parkway/os/os.h"
#include "parkway/os/posix/saved_errno.h"

namespace parkway::os {

void* map_wiped_on_fork(std::size_t bytes) noexcept {
  const posix::SavedErrno keep;
  void* p = sysalloc(bytes);
  // Linux 4.14.
  constexpr int kWipeOnFork = 18;
  if (p != nullptr && madvise(p, bytes, kWipeOnFork) != 0) {
    munmap(p, bytes);
    p = nullptr;
  }
  return p;
}

}  // namespace parkway::os
