// SPDX-License-Identifier: Apache-2.0

// Descriptors are the C runtime's, because that is what `int` means to a user:
// _close() closes them, and _write() and the rest work. Reads go to the system
// directly: what they get are the file's bytes, and the error code is the
// system's.
#include "parkway/os/file.h"

#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <share.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "parkway/os/os.h"
#include "parkway/os/windows/system_header.h"

namespace parkway::os {
namespace {

static_assert(kReadOnly == _O_RDONLY);

// Restores the two error numbers of the C runtime.
class KeepErrno {
 public:
  KeepErrno() noexcept : errno_(errno), doserrno_(_doserrno) {}
  ~KeepErrno() {
    errno = errno_;
    _doserrno = doserrno_;
  }
  KeepErrno(const KeepErrno&) = delete;
  KeepErrno& operator=(const KeepErrno&) = delete;

 private:
  const int errno_;
  const unsigned long doserrno_;
};

// The system's error code of a call that the C runtime has failed: with it has
// the code that the system gave it, or none.
DWORD error_of(int error) {
  if (_doserrno != 0) return _doserrno;
  switch (error) {
    case EMFILE:
      return ERROR_TOO_MANY_OPEN_FILES;
    case EBADF:
      return ERROR_INVALID_HANDLE;
    default:
      return ERROR_INVALID_PARAMETER;
  }
}

std::int64_t fail(DWORD error) {
  SetLastError(error);
  return -1;
}

// The system's handle, or INVALID_HANDLE_VALUE. The runtime calls its handler
// of invalid parameters for a number that is no descriptor's.
HANDLE handle_of(int file) {
  const KeepErrno keep;
  const auto handle = static_cast<std::intptr_t>(_get_osfhandle(file));
  // -2: a standard file of a program that has none.
  return handle == -2 ? INVALID_HANDLE_VALUE : reinterpret_cast<HANDLE>(handle);
}

bool is_on_disk(HANDLE file) { return GetFileType(file) == FILE_TYPE_DISK; }

// For reads of one file. A read by an offset moves the position as well, and
// moves it back: no other read may come between. The system makes the calls for
// one such file one after the other in any case. A lock for all files of one
// remainder.
class ReadsInTurn {
 public:
  explicit ReadsInTurn(int file) noexcept
      : lock_(locks_[static_cast<unsigned>(file) % kLocks]) {
    AcquireSRWLockExclusive(&lock_);
  }
  ~ReadsInTurn() { ReleaseSRWLockExclusive(&lock_); }
  ReadsInTurn(const ReadsInTurn&) = delete;
  ReadsInTurn& operator=(const ReadsInTurn&) = delete;

 private:
  static constexpr unsigned kLocks = 64;
  static SRWLOCK locks_[kLocks];
  SRWLOCK& lock_;
};

SRWLOCK ReadsInTurn::locks_[kLocks] = {};

// From `at`, or from where the file is.
std::int64_t read(HANDLE file, void* buffer, std::size_t bytes,
                  OVERLAPPED* at) {
  constexpr std::size_t kMost = std::size_t{1} << 30;
  DWORD got = 0;
  if (ReadFile(file, buffer, static_cast<DWORD>(bytes < kMost ? bytes : kMost),
               &got, at)) {
    return got;
  }
  // The end: of the file; of a pipe that nobody writes any more.
  const DWORD error = GetLastError();
  return error == ERROR_HANDLE_EOF || error == ERROR_BROKEN_PIPE ? 0 : -1;
}

}  // namespace

int open_file(const char* path, int flags, unsigned mode) {
  constexpr int kText = _O_TEXT | _O_WTEXT | _O_U16TEXT | _O_U8TEXT;
  const KeepErrno keep;
  _doserrno = 0;
  int file = -1;
  const errno_t error =
      _sopen_s(&file, path,
               flags | _O_NOINHERIT | ((flags & kText) == 0 ? _O_BINARY : 0),
               _SH_DENYNO, static_cast<int>(mode) & (_S_IREAD | _S_IWRITE));
  if (error == 0) return file;
  SetLastError(error_of(error));
  return -1;
}

std::int64_t read_file(int file, void* buffer, std::size_t bytes) {
  const HANDLE handle = handle_of(file);
  if (handle == INVALID_HANDLE_VALUE) return fail(ERROR_INVALID_HANDLE);
  // Others may block for as long as they like: no lock.
  if (!is_on_disk(handle)) return read(handle, buffer, bytes, nullptr);
  const ReadsInTurn turn(file);
  return read(handle, buffer, bytes, nullptr);
}

std::int64_t pread_file(int file, void* buffer, std::size_t bytes,
                        std::int64_t offset) {
  if (offset < 0) return fail(ERROR_NEGATIVE_SEEK);
  const HANDLE handle = handle_of(file);
  if (handle == INVALID_HANDLE_VALUE) return fail(ERROR_INVALID_HANDLE);
  if (!is_on_disk(handle)) return fail(ERROR_SEEK_ON_DEVICE);
  const ReadsInTurn turn(file);
  LARGE_INTEGER position;
  if (!SetFilePointerEx(handle, LARGE_INTEGER{}, &position, FILE_CURRENT)) {
    return -1;
  }
  OVERLAPPED at = {};
  at.Offset = static_cast<DWORD>(offset);
  at.OffsetHigh = static_cast<DWORD>(offset >> 32);
  const std::int64_t got = read(handle, buffer, bytes, &at);
  // What the read has said counts, whatever becomes of this.
  const DWORD error = GetLastError();
  SetFilePointerEx(handle, position, nullptr, FILE_BEGIN);
  SetLastError(error);
  return got;
}

void close_file(int file) {
  const KeepErrno keep;
  _close(file);
}

std::int64_t regular_size(int file) noexcept {
  const HANDLE handle = handle_of(file);
  LARGE_INTEGER size;
  const bool known = handle != INVALID_HANDLE_VALUE && is_on_disk(handle) &&
                     GetFileSizeEx(handle, &size);
  return known ? size.QuadPart : -1;
}

bool was_interrupted(int) noexcept { return false; }

}  // namespace parkway::os
