// SPDX-License-Identifier: Apache-2.0

// For systems where a process has no affinity mask, or can't ask for one.
#include <unistd.h>

#include "parkway/os/os.h"
#include "parkway/os/posix/saved_errno.h"

namespace parkway::os {

int ncpu() noexcept {
  const posix::SavedErrno keep;
  const long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? static_cast<int>(online) : 1;
}

}  // namespace parkway::os
