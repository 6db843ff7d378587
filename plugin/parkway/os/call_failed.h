// SPDX-License-Identifier: Apache-2.0

// How a system call ends the program whose result says what can't be.
#ifndef PARKWAY_OS_CALL_FAILED_H_
#define PARKWAY_OS_CALL_FAILED_H_

#include "parkway/os/language.h"

namespace parkway::os {

// Writes "parkway: <call> failed with error <error>" as one line to standard
// error and aborts. Allocates nothing and takes no lock.
[[noreturn]] void call_failed(const char* call, long error) noexcept;

}  // namespace parkway::os

#endif  // PARKWAY_OS_CALL_FAILED_H_
