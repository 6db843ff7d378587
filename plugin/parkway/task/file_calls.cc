// SPDX-License-Identifier: Apache-2.0

#include "parkway/task/file_calls.h"

#include <algorithm>

#include "parkway/os/cached_file.h"
#include "parkway/os/file.h"
#include "parkway/task/run_blocking.h"
#include "parkway/task/scheduler.h"

namespace parkway {
namespace {

SyscallResult success(std::int64_t value) {
  SyscallResult result;
  result.r1 = value;
  return result;
}

// In one piece, waiting where it has to.
SyscallResult read_blocking(int file, char* buffer, std::size_t bytes,
                            std::int64_t offset) {
  return run_blocking([&] {
    return offset == os::kFilePosition
               ? blocking_call(os::read_file, file, buffer, bytes)
               : blocking_call(os::pread_file, file, buffer, bytes, offset);
  });
}

SyscallResult read_at(int file, void* memory, std::size_t bytes,
                      std::int64_t offset) {
  char* const buffer = static_cast<char*>(memory);
  if (scheduler_of_caller() == nullptr ||
      blocking_call(os::may_be_cached, file).r1 == 0) {
    return read_blocking(file, buffer, bytes, offset);
  }
  std::size_t done = 0;
  const auto next = [&] {
    return offset == os::kFilePosition
               ? offset
               : offset + static_cast<std::int64_t>(done);
  };
  // Where the next byte is, at least: a position is not known.
  const auto least = [&] {
    return std::max<std::int64_t>(offset, 0) + static_cast<std::int64_t>(done);
  };
  while (done < bytes) {
    // By blocking_call(), as all here, so that errno stays the caller's.
    const std::int64_t got = blocking_call(os::read_cached, file, buffer + done,
                                           bytes - done, next())
                                 .r1;
    if (got == 0) break;  // the file's end
    if (got < 0) {
      const SyscallResult rest =
          read_blocking(file, buffer + done, bytes - done, next());
      if (done == 0) return rest;
      // What has been read counts; an error comes again with the next call.
      if (rest.r1 > 0) done += static_cast<std::size_t>(rest.r1);
      break;
    }
    done += static_cast<std::size_t>(got);
    // A part: up to the end, or as far as it is in memory, or what a pipe has.
    if (done < bytes && blocking_call(os::has_more, file, least()).r1 == 0) {
      break;
    }
  }
  return success(static_cast<std::int64_t>(done));
}

}  // namespace

SyscallResult open_file(const char* path, int flags, unsigned mode) {
  const auto open_here = [&] {
    return blocking_call(os::open_file, path, flags, mode);
  };
  if (scheduler_of_caller() == nullptr) return open_here();
  const SyscallResult file = blocking_call(os::open_cached, path, flags);
  return file.r1 >= 0 ? success(file.r1) : run_blocking(open_here);
}

SyscallResult read_file(int file, void* buffer, std::size_t bytes) {
  return read_at(file, buffer, bytes, os::kFilePosition);
}

SyscallResult pread_file(int file, void* buffer, std::size_t bytes,
                         std::int64_t offset) {
  // Not os::kFilePosition, which it is here.
  if (offset < 0) {
    return blocking_call(os::pread_file, file, buffer, bytes, offset);
  }
  return read_at(file, buffer, bytes, offset);
}

}  // namespace parkway
