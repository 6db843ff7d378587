// SPDX-License-Identifier: Apache-2.0

#include <errno.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "parkway/os/os.h"

namespace parkway::os {

int ncpu() noexcept {
  // The first thread's mask, not the caller's: programs pin their threads to
  // one CPU each and still run on many.
  const int saved = errno;
  int n = 0;
  // Without an allocation, which the child of a bare clone() must not make.
  cpu_set_t usual;
  if (sched_getaffinity(getpid(), sizeof(usual), &usual) == 0) {
    n = CPU_COUNT(&usual);
  }
  // Masks wider than that (1024 CPUs) make the call fail with EINVAL, so grow
  // until it fits.
  for (int cpus = 2048; n == 0 && errno == EINVAL && cpus <= (1 << 20);
       cpus *= 2) {
    cpu_set_t* set = CPU_ALLOC(cpus);
    if (set == nullptr) break;
    const std::size_t bytes = CPU_ALLOC_SIZE(cpus);
    if (sched_getaffinity(getpid(), bytes, set) == 0) {
      n = CPU_COUNT_S(bytes, set);
    }
    const int error = errno;
    CPU_FREE(set);
    errno = error;
  }
  errno = saved;
  return n > 0 ? n : 1;
}

int thread_priority() noexcept {
  const int saved = errno;
  sched_param param = {};
  // 0 is the calling thread, not the process. Not the libc's function: musl's
  // fails always, because POSIX means the process.
  const bool known = syscall(SYS_sched_getparam, 0, &param) == 0;
  errno = saved;
  return known ? param.sched_priority : 0;
}

}  // namespace parkway::os
