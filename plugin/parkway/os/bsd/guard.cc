// SPDX-License-Identifier: Apache-2.0

#include <sys/mman.h>

#include "parkway/os/os.h"
#include "parkway/os/posix/saved_errno.h"

namespace parkway::os {

bool guard_stack(void* page, std::size_t bytes) noexcept {
  const posix::SavedErrno keep;
  return mprotect(page, bytes, PROT_NONE) == 0;
}

}  // namespace parkway::os
