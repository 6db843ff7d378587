// SPDX-License-Identifier: Apache-2.0

// A short sleep that nobody ends, for the rare wait in which a thread can't be
// told: it looks again afterwards. Unlike a yield it lets threads of a lower
// priority run.
#ifndef PARKWAY_WAIT_NAP_H_
#define PARKWAY_WAIT_NAP_H_

#include <cstdint>

#include "parkway/os/language.h"

namespace parkway::internal {

// May end early.
template <class P>
void nap(std::int64_t nanoseconds = P::kLongestNapNs) {
  typename P::template Atomic<std::uint32_t> nobodys{0};
  P::futexsleep(nobodys, 0, P::now() + nanoseconds);
}

}  // namespace parkway::internal

#endif  // PARKWAY_WAIT_NAP_H_
