// SPDX-License-Identifier: Apache-2.0

// How long a KernelTimeout still lasts, whatever its encoding: 64 bits of Unix
// time with 0 for "none" up to Abseil 20230125, time and clock in one word
// since. Its own members decode it, so that an override which is compiled for
// one Abseil always agrees with it.
#ifndef PARKWAY_ABSL_PER_THREAD_SEM_KERNEL_TIMEOUT_H_
#define PARKWAY_ABSL_PER_THREAD_SEM_KERNEL_TIMEOUT_H_

#include <cstdint>
#include <type_traits>
#include <utility>

#include "absl/time/clock.h"
#include "parkway/os/os.h"

namespace parkway::per_thread_sem {

template <class Timeout, class = void>
struct TellsRemaining : std::false_type {};
template <class Timeout>
struct TellsRemaining<
    Timeout,
    std::void_t<decltype(std::declval<const Timeout&>().ToChronoDuration())>>
    : std::true_type {};

// Nanoseconds until `t`, by the clock that it was made from; 0 or less if it
// has passed. REQUIRES: t.has_timeout().
template <class Timeout>
std::int64_t remaining(Timeout t) {
  if constexpr (TellsRemaining<Timeout>::value) {
    return t.ToChronoDuration().count();
  } else {
    const auto at = t.MakeAbsTimespec();
    return static_cast<std::int64_t>(at.tv_sec) * 1000000000 + at.tv_nsec -
           absl::GetCurrentTimeNanos();
  }
}

// The same as a deadline of os::nanotime().
template <class Timeout>
std::int64_t deadline(const Timeout& t) {
  if (!t.has_timeout()) return os::kForever;
  const std::int64_t now = os::nanotime();
  const std::int64_t left = remaining(t);
  return left < os::kForever - now ? now + left : os::kForever;
}

// Whether a wait until deadline(t) that ended in time may give up: not if
// somebody set the clock back meanwhile.
template <class Timeout>
bool expired(const Timeout& t) {
  return t.has_timeout() && remaining(t) <= 0;
}

}  // namespace parkway::per_thread_sem

#endif  // PARKWAY_ABSL_PER_THREAD_SEM_KERNEL_TIMEOUT_H_
