// SPDX-License-Identifier: Apache-2.0

// Files of more than 2 GiB also where the C library of 32 bits would have
// offsets of 32 bits; before any header of the system.
#define _FILE_OFFSET_BITS 64

#include "parkway/os/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace parkway::os {

static_assert(kReadOnly == O_RDONLY);
static_assert(sizeof(off_t) == sizeof(std::int64_t));

int open_file(const char* path, int flags, unsigned mode) {
  return open(path, flags | O_CLOEXEC, mode);
}

std::int64_t read_file(int file, void* buffer, std::size_t bytes) {
  return read(file, buffer, bytes);
}

std::int64_t pread_file(int file, void* buffer, std::size_t bytes,
                        std::int64_t offset) {
  return pread(file, buffer, bytes, static_cast<off_t>(offset));
}

void close_file(int file) { close(file); }

std::int64_t regular_size(int file) noexcept {
  struct stat found;
  return fstat(file, &found) == 0 && S_ISREG(found.st_mode)
             ? static_cast<std::int64_t>(found.st_size)
             : -1;
}

bool was_interrupted(int error) noexcept { return error == EINTR; }

}  // namespace parkway::os
