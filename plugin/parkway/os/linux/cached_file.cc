// SPDX-License-Identifier: Apache-2.0

// Files of more than 2 GiB, and of inodes of 64 bits, also where the C library
// of 32 bits would have 32 for both; before any header of the system.
#define _FILE_OFFSET_BITS 64

#include "parkway/os/cached_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>

#include "parkway/os/linux/call_numbers.h"

namespace parkway::os {
namespace {

// struct open_how and RESOLVE_CACHED of <linux/openat2.h>, and struct statx of
// <linux/stat.h>, which older systems do not have, and <sys/stat.h> has in
// part.
struct OpenHow {
  std::uint64_t flags;
  std::uint64_t mode;
  std::uint64_t resolve;
};
constexpr std::uint64_t kResolveCached = 0x20;

struct Statx {
  unsigned char before_mode[28];
  std::uint16_t mode;
  unsigned char before_size[10];
  std::uint64_t size;
  unsigned char after_size[208];
};
static_assert(sizeof(Statx) == 256);
constexpr int kDontSync = 0x4000;         // AT_STATX_DONT_SYNC
constexpr unsigned kTypeAndSize = 0x201;  // STATX_TYPE | STATX_SIZE

constexpr int kNoWait = 8;  // RWF_NOWAIT

// The kernel refuses what would change the file system.
int open_known(const char* path, int flags) {
  const OpenHow how = {static_cast<std::uint64_t>(flags), 0, kResolveCached};
  return static_cast<int>(
      syscall(kernel::kOpenat2, AT_FDCWD, path, &how, sizeof(how)));
}

// The size of a regular file, without asking a server; -1 for any other.
std::int64_t regular_size(int file) {
  Statx found;
  const bool regular =
      syscall(kernel::kStatx, file, "", AT_EMPTY_PATH | kDontSync, kTypeAndSize,
              &found) == 0 &&
      (found.mode & S_IFMT) == S_IFREG;
  return regular ? static_cast<std::int64_t>(found.size) : -1;
}

// Linux 5.9 and 5.10 may say that a file is at its end where the next page is
// not in memory (preadv2(2), BUGS).
bool end_is_doubtful() {
  enum { kNotAsked, kSure, kDoubtful };
  // relaxed: whoever asks twice hears the same.
  static std::atomic<int> known{kNotAsked};
  int answer = known.load(std::memory_order_relaxed);
  if (answer == kNotAsked) {
    utsname system;
    int major = 0;
    int minor = 0;
    const bool told = uname(&system) == 0 &&
                      std::sscanf(system.release, "%d.%d", &major, &minor) == 2;
    answer =
        told && major == 5 && (minor == 9 || minor == 10) ? kDoubtful : kSure;
    known.store(answer, std::memory_order_relaxed);
  }
  return answer == kDoubtful;
}

}  // namespace

int open_cached(const char* path, int flags) noexcept {
  // Only a regular file: to open a pipe may mean to wait for its other end, and
  // to open and close a device may do something to it.
  const int found = open_known(path, O_PATH | O_CLOEXEC | (flags & O_NOFOLLOW));
  if (found < 0) return -1;
  const bool regular = regular_size(found) >= 0;
  close(found);
  if (!regular) return -1;
  // Without waiting for a lease that another process has on the file.
  const int file = open_known(path, flags | O_CLOEXEC | O_NONBLOCK);
  if (file < 0 || (flags & O_NONBLOCK) != 0) return file;
  // The other flags that this can change are what they were.
  if (fcntl(file, F_SETFL, flags) == 0) return file;
  close(file);
  return -1;
}

OpenedFile open_to_read_cached(const char* path) noexcept {
  const int file = open_known(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  return {file, file < 0 ? -1 : regular_size(file)};
}

bool wait_from_now_on(int file) noexcept {
  struct stat found;
  const bool known = fstat(file, &found) == 0;
  // Without waiting, a drive without a medium opens, and is empty.
  if (known && S_ISBLK(found.st_mode)) return false;
  if (known && S_ISFIFO(found.st_mode)) {
    // Opened before there was a writer, a pipe is not at its end for poll()
    // until one has come and gone.
    pollfd readable = {file, POLLIN, 0};
    while (poll(&readable, 1, -1) < 0 && errno == EINTR) {
    }
  }
  const int flags = fcntl(file, F_GETFL);
  if (flags >= 0) fcntl(file, F_SETFL, flags & ~O_NONBLOCK);
  return true;
}

bool may_be_cached(int file) noexcept {
  if (end_is_doubtful()) return false;
  // A direct read waits for the device, whatever else it is asked for.
  const int flags = fcntl(file, F_GETFL);
  return flags >= 0 && (flags & O_DIRECT) == 0;
}

std::int64_t read_cached(int file, void* buffer, std::size_t bytes,
                         std::int64_t offset) noexcept {
  const iovec memory = {buffer, bytes};
  // The offset in two halves, as the kernel takes it: on 64 bits the first has
  // all of it.
  return syscall(kernel::kPreadv2, file, &memory, 1, static_cast<long>(offset),
                 static_cast<long>(offset >> 32), kNoWait);
}

bool has_more(int file, std::int64_t bytes) noexcept {
  return regular_size(file) > bytes;
}

}  // namespace parkway::os
