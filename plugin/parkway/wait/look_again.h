// SPDX-License-Identifier: Apache-2.0

// When a waiter looks again that nobody may be able to wake.
#ifndef PARKWAY_WAIT_LOOK_AGAIN_H_
#define PARKWAY_WAIT_LOOK_AGAIN_H_

#include <algorithm>
#include <cstdint>

#include "parkway/os/language.h"

namespace parkway::internal {

// For mutexes in memory that processes share: whoever unlocks may be another
// process, which does not have this one's table of waiters. The next look of
// who waits since `since` (P::now()) comes after half of the time that it has
// waited, so the mutex is idle for at most a third of a wait; at least 1 ms, so
// that many waiters do not keep a CPU busy, and at most 128 ms.
template <class P>
std::int64_t next_look(std::int64_t since) {
  constexpr std::int64_t kLeastNs = 1000000;
  constexpr std::int64_t kMostNs = 128000000;
  const std::int64_t now = P::now();
  return now + std::clamp((now - since) / 2, kLeastNs, kMostNs);
}

}  // namespace parkway::internal

#endif  // PARKWAY_WAIT_LOOK_AGAIN_H_
