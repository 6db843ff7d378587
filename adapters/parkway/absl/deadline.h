// SPDX-License-Identifier: Apache-2.0

// Abseil's times as the plugin takes them.
#ifndef PARKWAY_ABSL_DEADLINE_H_
#define PARKWAY_ABSL_DEADLINE_H_

#include <cstdint>

#include "absl/time/time.h"
#include "parkway/absl/namespace.h"

PARKWAY_ABSL_NAMESPACE_BEGIN
namespace internal {

inline constexpr std::int64_t kNever = INT64_MAX;  // os::kForever

// A point on the plugin's monotonic clock. Zero and negative lengths are past
// ones; InfiniteDuration() and what does not fit is kNever. Finer than
// a nanosecond is rounded up: never wait less.
std::int64_t DeadlineAfter(::absl::Duration timeout);

// The same for a time of day. It becomes a length when it is converted: a
// system clock that is set later does not move it. InfiniteFuture() is kNever.
std::int64_t DeadlineAt(::absl::Time time);

}  // namespace internal
PARKWAY_ABSL_NAMESPACE_END

#endif  // PARKWAY_ABSL_DEADLINE_H_
