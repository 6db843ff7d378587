// SPDX-License-Identifier: Apache-2.0

#include <errno.h>
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "parkway/os/os.h"

namespace parkway::os {

bool process_barrier() noexcept {
  const int saved = errno;
  long r = syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
  if (r == -1 && errno == EPERM) {
    // A process registers once; a forked child may have to do it again.
    if (syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0,
                0) == 0) {
      r = syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
    }
  }
  errno = saved;
  return r == 0;
}

}  // namespace parkway::os
