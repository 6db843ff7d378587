// SPDX-License-Identifier: Apache-2.0

#include "parkway/absl/deadline.h"

#include "absl/time/clock.h"
#include "parkway/os/os.h"

PARKWAY_ABSL_NAMESPACE_BEGIN
namespace internal {

std::int64_t DeadlineAfter(::absl::Duration timeout) {
  if (timeout >= ::absl::Hours(24 * 365 * 100)) return kNever;
  const std::int64_t now = ::parkway::os::nanotime();
  if (timeout <= ::absl::ZeroDuration()) return now;
  return now + ::absl::ToInt64Nanoseconds(
                   ::absl::Ceil(timeout, ::absl::Nanoseconds(1)));
}

std::int64_t DeadlineAt(::absl::Time time) {
  if (time == ::absl::InfiniteFuture()) return kNever;
  return DeadlineAfter(time - ::absl::Now());
}

}  // namespace internal
PARKWAY_ABSL_NAMESPACE_END
