// SPDX-License-Identifier: Apache-2.0

// The caller's error code, across calls of ours.
#ifndef PARKWAY_OS_WINDOWS_KEEP_LAST_ERROR_H_
#define PARKWAY_OS_WINDOWS_KEEP_LAST_ERROR_H_

#include "parkway/os/os.h"

namespace parkway::os::windows {

// Restores it.
class KeepLastError {
 public:
  KeepLastError() noexcept : saved_(last_error()) {}
  ~KeepLastError() { set_last_error(saved_); }
  KeepLastError(const KeepLastError&) = delete;
  KeepLastError& operator=(const KeepLastError&) = delete;

 private:
  const int saved_;
};

}  // namespace parkway::os::windows

#endif  // PARKWAY_OS_WINDOWS_KEEP_LAST_ERROR_H_
