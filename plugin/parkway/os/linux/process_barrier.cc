// SPDX-License-Identifier: Apache-2.0

#include <errno.h>
#include <linux/membarrier.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "parkway/os/os.h"

// glibc's, since 2.32: not 0 as long as the process has never had a second
// thread.
extern "C" __attribute__((weak)) char __libc_single_threaded;

namespace parkway::os {
namespace {

bool membarrier(int command) {
  const int saved = errno;
  const bool done = syscall(SYS_membarrier, command, 0, 0) == 0;
  errno = saved;
  return done;
}

bool has_one_thread() {
  if (&__libc_single_threaded != nullptr) return __libc_single_threaded != 0;
  // ".", ".." and a folder for each thread: not opened, only asked about.
  struct stat tasks;
  const int saved = errno;
  const bool one = stat("/proc/self/task", &tasks) == 0 && tasks.st_nlink == 3;
  errno = saved;
  return one;
}

}  // namespace

bool process_barrier() noexcept {
  return membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
}

bool prepare_process_barrier() noexcept {
  // Another copy of this library may have prepared it.
  return process_barrier() ||
         (has_one_thread() &&
          membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED));
}

}  // namespace parkway::os
