// SPDX-License-Identifier: Apache-2.0

// std::chrono times as absolute os::nanotime() deadlines.
#ifndef PARKWAY_BASE_DEADLINE_H_
#define PARKWAY_BASE_DEADLINE_H_

#include <chrono>
#include <cstdint>

#include "parkway/os/os.h"

namespace parkway::internal {

// Now plus `d`, rounded up to a nanosecond; a duration too long to add is "for
// ever", a negative one is now.
template <class Rep, class Period>
std::int64_t deadline_after(const std::chrono::duration<Rep, Period>& d) {
  using std::chrono::nanoseconds;
  const std::int64_t now = os::nanotime();
  if (d <= d.zero()) return now;
  // Compared as double: a cast of hours::max() to nanoseconds overflows.
  const double ns = std::chrono::duration<double, std::nano>(d).count();
  if (ns >= static_cast<double>(os::kForever - now) * 0.99) return os::kForever;
  const std::int64_t whole = std::chrono::duration_cast<nanoseconds>(d).count();
  return now + whole + (nanoseconds(whole) < d ? 1 : 0);
}

// Runs wait(deadline) -> bool until it succeeds or `at` has come by its own
// clock. A clock that is set back or runs slow is asked again, never trusted
// to be the monotonic one. The last call has a deadline in the past, so that a
// wait which can succeed at once does. Any time point will do, min() and max()
// included.
template <class Clock, class Duration, class Wait>
bool wait_until(const std::chrono::time_point<Clock, Duration>& at,
                Wait&& wait) {
  using Nanoseconds = std::chrono::duration<double, std::nano>;
  // Beyond this many nanoseconds from now a difference may not fit 64 bits.
  constexpr double kFar = 4e18;
  for (;;) {
    const auto now = Clock::now();
    const double left = Nanoseconds(at.time_since_epoch()).count() -
                        Nanoseconds(now.time_since_epoch()).count();
    if (left > kFar) {
      if (wait(os::kForever)) return true;
    } else if (left < -kFar || at <= now) {
      return wait(os::nanotime());
    } else if (wait(deadline_after(at - now))) {
      return true;
    }
  }
}

}  // namespace parkway::internal

#endif  // PARKWAY_BASE_DEADLINE_H_
