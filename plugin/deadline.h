// std::chrono times as absolute os::nanotime() deadlines.
#ifndef PARKWAY_DEADLINE_H_
#define PARKWAY_DEADLINE_H_

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
// wait which can succeed at once does.
template <class Clock, class Duration, class Wait>
bool wait_until(const std::chrono::time_point<Clock, Duration>& at,
                Wait&& wait) {
  for (;;) {
    const auto left = at - Clock::now();
    if (wait(deadline_after(left))) return true;
    if (left <= left.zero()) return false;
  }
}

}  // namespace parkway::internal

#endif  // PARKWAY_DEADLINE_H_
