// SPDX-License-Identifier: Apache-2.0

// open_file(), read_file(), pread_file() and read_whole_file() for tasks of
// oneTBB: file calls that leave their worker only if they have to wait for
// storage.
#ifndef PARKWAY_TBB_TASK_FILE_CALLS_H_
#define PARKWAY_TBB_TASK_FILE_CALLS_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "parkway/task/file_calls.h"
#include "parkway/tbb/task/task_scheduler.h"

namespace parkway {
namespace tbb {

// Those of parkway/task/file_calls.h, in a task of oneTBB too. What has to wait
// does so as run_blocking() (parkway/tbb/task/blocking_call.h).
inline SyscallResult open_file(const char* path, int flags, unsigned mode = 0) {
  use_task_scheduler();
  return ::parkway::open_file(path, flags, mode);
}
inline SyscallResult read_file(int file, void* buffer, std::size_t bytes) {
  use_task_scheduler();
  return ::parkway::read_file(file, buffer, bytes);
}
inline SyscallResult pread_file(int file, void* buffer, std::size_t bytes,
                                std::int64_t offset) {
  use_task_scheduler();
  return ::parkway::pread_file(file, buffer, bytes, offset);
}

inline SyscallResult read_whole_file(const char* path, std::string* content) {
  use_task_scheduler();
  return ::parkway::read_whole_file(path, content);
}

}  // namespace tbb
}  // namespace parkway

#endif  // PARKWAY_TBB_TASK_FILE_CALLS_H_
