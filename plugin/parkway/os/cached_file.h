// SPDX-License-Identifier: Apache-2.0

// What parkway asks of an operating system about files that are in memory. As
// parkway/os/os.h: Bazel links the folder that defines it.
#ifndef PARKWAY_OS_CACHED_FILE_H_
#define PARKWAY_OS_CACHED_FILE_H_

#include <cstddef>
#include <cstdint>

#include "parkway/os/language.h"

namespace parkway::os {

// None of these but wait_from_now_on() waits for storage, nor for the other end
// of a pipe. A file system that is served by another process or machine may ask
// that for an open all the same. They may leave any errno.

// As open_file() (parkway/os/file.h) of a regular file, if its folders and the
// file itself are known already; else, or if it fails, or where the system
// can't say, -1.
int open_cached(const char* path, int flags) noexcept;

// A file that was opened to be read, and its size. Two words of a struct, for
// blocking_call().
struct OpenedFile {
  int file;           // -1: none was
  std::int64_t size;  // -1: not a regular file, or not known
};
// open(path, O_RDONLY) if its folders are known already and nobody's lease has
// to be waited for; of what is no regular file, too. Its reads do not wait
// until wait_from_now_on(). Else, or if it fails, none.
OpenedFile open_to_read_cached(const char* path) noexcept;
// Reads of such a `file` wait from now on. Waits itself where an open() that
// waits would have: for the first writer of a named pipe. False: for such a
// file the open that waits does something else, so it has to be made as well.
bool wait_from_now_on(int file) noexcept;

// Whether read_cached() may be asked: the file is not open for direct reads.
bool may_be_cached(int file) noexcept;
// Reads what is in memory of the `bytes` from `offset` on, or from the file's
// position, which it then moves. The number of bytes, 0 at the file's end; -1
// if the first of them is not in memory, or it fails, or the system can't say.
// Of a pipe and the like: what is there.
inline constexpr std::int64_t kFilePosition = -1;
std::int64_t read_cached(int file, void* buffer, std::size_t bytes,
                         std::int64_t offset) noexcept;
// Whether it is a regular file of more than `bytes` bytes.
bool has_more(int file, std::int64_t bytes) noexcept;

}  // namespace parkway::os

#endif  // PARKWAY_OS_CACHED_FILE_H_
