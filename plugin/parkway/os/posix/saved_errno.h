// SPDX-License-Identifier: Apache-2.0

// SavedErrno: the caller's errno, given back at the end of the scope.
#ifndef PARKWAY_OS_POSIX_SAVED_ERRNO_H_
#define PARKWAY_OS_POSIX_SAVED_ERRNO_H_

#include <errno.h>

#include "parkway/os/language.h"

namespace parkway::os::posix {

class SavedErrno {
 public:
  SavedErrno() noexcept : saved_(errno) {}
  ~SavedErrno() { errno = saved_; }
  SavedErrno(const SavedErrno&) = delete;
  SavedErrno& operator=(const SavedErrno&) = delete;

 private:
  const int saved_;
};

}  // namespace parkway::os::posix

#endif  // PARKWAY_OS_POSIX_SAVED_ERRNO_H_
