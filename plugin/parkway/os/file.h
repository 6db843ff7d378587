// SPDX-License-Identifier: Apache-2.0

// The calls of files that may block, as this system has them. As
// parkway/os/os.h: Bazel links the folder that defines them. Not noexcept: on
// POSIX a thread may be cancelled in them.
#ifndef PARKWAY_OS_FILE_H_
#define PARKWAY_OS_FILE_H_

#include <cstddef>
#include <cstdint>

#include "parkway/os/language.h"

namespace parkway::os {

// All return -1 where they fail; last_error() says why. On Windows they leave
// the C runtime's errno as it was.

// open(path, flags, mode) of the C library, for this program alone: another one
// that it becomes or starts does not have the file. Windows: of bytes, unless
// `flags` say which text.
int open_file(const char* path, int flags, unsigned mode);

// read(file, buffer, bytes).
std::int64_t read_file(int file, void* buffer, std::size_t bytes);

// pread(file, buffer, bytes, offset).
std::int64_t pread_file(int file, void* buffer, std::size_t bytes,
                        std::int64_t offset);

inline constexpr int kReadOnly = 0;  // O_RDONLY

// close(file).
void close_file(int file);

// The size of a regular file, as far as it is known without asking for it; -1
// of any other. No error.
std::int64_t regular_size(int file) noexcept;

// Whether that error number says that a signal came, and the call is to be
// made again.
bool was_interrupted(int error) noexcept;

}  // namespace parkway::os

#endif  // PARKWAY_OS_FILE_H_
