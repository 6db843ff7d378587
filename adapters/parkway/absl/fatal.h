// SPDX-License-Identifier: Apache-2.0

// How misuse ends the program.
#ifndef PARKWAY_ABSL_FATAL_H_
#define PARKWAY_ABSL_FATAL_H_

#include "parkway/absl/namespace.h"

PARKWAY_ABSL_NAMESPACE_BEGIN
namespace internal {

// Writes "parkway: <type> at <address>: <fault>" as one line to standard error
// and aborts.
[[noreturn]] void Fatal(const char* type, const void* object,
                        const char* fault);

}  // namespace internal
PARKWAY_ABSL_NAMESPACE_END

#endif  // PARKWAY_ABSL_FATAL_H_
