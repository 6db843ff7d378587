// SPDX-License-Identifier: Apache-2.0

#include <sys/param.h>
// After it.
#include <sys/cpuset.h>
#include <unistd.h>

#include "parkway/os/os.h"
#include "parkway/os/posix/saved_errno.h"

namespace parkway::os {

int ncpu() noexcept {
  const posix::SavedErrno keep;
  cpuset_t set;
  // The process's, not the calling thread's.
  if (cpuset_getaffinity(CPU_LEVEL_WHICH, CPU_WHICH_PID, -1, sizeof(set),
                         &set) == 0) {
    const int n = CPU_COUNT(&set);
    if (n > 0) return n;
  }
  // A kernel for more processors than this set has room for.
  const long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? static_cast<int>(online) : 1;
}

}  // namespace parkway::os
