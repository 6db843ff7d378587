// SPDX-License-Identifier: Apache-2.0

// Misuse checks: what they cost and how they end the program.
//
// Checked builds (`--//bazel:checks=on`, the default in -c dbg) define
// PARKWAY_CHECKS=1 for every target that depends on //plugin, because the
// fast paths are inline and all of a program must agree. A check that costs
// nothing on the fast path stays on in every build.
#ifndef PARKWAY_BASE_CHECKS_H_
#define PARKWAY_BASE_CHECKS_H_

#include "parkway/os/language.h"

#ifndef PARKWAY_CHECKS
#define PARKWAY_CHECKS 0
#endif

namespace parkway {

inline constexpr bool kChecks = PARKWAY_CHECKS != 0;

namespace internal {

// Writes "parkway: <type> at <address>: <fault>" as one line to standard
// error and aborts. Allocates nothing and takes no lock, so it may be called
// from anywhere, a signal handler included.
[[noreturn]] void fatal(const char* type, const void* object,
                        const char* fault) noexcept;

}  // namespace internal
}  // namespace parkway

#endif  // PARKWAY_BASE_CHECKS_H_
