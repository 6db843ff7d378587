// SPDX-License-Identifier: Apache-2.0

// Deadlines as the relative times of Windows' waits.
#ifndef PARKWAY_OS_WINDOWS_MILLISECONDS_UNTIL_H_
#define PARKWAY_OS_WINDOWS_MILLISECONDS_UNTIL_H_

#include <cstdint>

#include "parkway/os/os.h"
#include "parkway/os/windows/calls.h"

namespace parkway::os::windows {

// What is left until a time of nanotime(), rounded up; 0 if it has passed.
// kInfinite for kForever and for no other: who waits for a time so far away
// waits again.
inline std::uint32_t milliseconds_until(std::int64_t deadline) noexcept {
  constexpr std::int64_t kMillisecond = 1000000;
  constexpr std::int64_t kMost = kInfinite - 1;
  if (deadline == kForever) return kInfinite;
  const std::int64_t now = nanotime();
  if (deadline <= now) return 0;
  // In two parts: the sum with kMillisecond - 1 may be too much.
  const std::int64_t left = deadline - now;
  const std::int64_t ms =
      left / kMillisecond + (left % kMillisecond != 0 ? 1 : 0);
  return static_cast<std::uint32_t>(ms < kMost ? ms : kMost);
}

// Whether a wait whose time is over has come to its end. The system's clock is
// another one than nanotime()'s, and may be early.
inline bool is_over(std::int64_t deadline) noexcept {
  return deadline != kForever && nanotime() >= deadline;
}

}  // namespace parkway::os::windows

#endif  // PARKWAY_OS_WINDOWS_MILLISECONDS_UNTIL_H_
