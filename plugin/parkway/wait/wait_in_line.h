// SPDX-License-Identifier: Apache-2.0

// How long, and how, a waiter of a fair lock waits before it sleeps.
#ifndef PARKWAY_WAIT_WAIT_IN_LINE_H_
#define PARKWAY_WAIT_WAIT_IN_LINE_H_

#include "parkway/base/spin.h"

namespace parkway::internal {

// Calls granted() -> bool for a while; true as soon as it is.
//
// Under a fair lock a sleep is dearer than under one that barges: nobody else
// can use the time from an unlock to the moment that the next waiter runs (10
// to 20 us where these were measured), and as soon as one sleeps, those behind
// it wait for its wakeup too, and sleep as well. A yield lets whoever is in
// front run, at a tenth of that price.
//   - The next in line (`next`) first polls without growing gaps: it looks at
//     a word of its own, which disturbs nobody. Others yield at once. With 8
//     threads and more on 2 CPUs, polls by all of them cost up to a third.
//   - Then all yield until they have waited for P::kPatienceNs: longer than
//     8 threads need to pass a sleeping thread each, so that a queue in which
//     all sleep wakes up for good. 8 threads that slept at once, and were woken
//     ahead of their turns, took 1.6 to 2.4 times tbb::queuing_mutex's time
//     (docs/design/waiting.md).
template <class P, class Granted>
bool wait_in_line(bool next, Granted&& granted) {
  constexpr SpinPlan kEvenGaps = SpinPlan::every(1);
  const SpinLimits limits = P::spin_limits();
  if (granted() || (next && spin<P>(limits, granted, kEvenGaps))) return true;
  const std::int64_t since = P::now();
  do {
    P::yield();
    if (granted()) return true;
  } while (P::now() - since < P::kPatienceNs);
  return false;
}

}  // namespace parkway::internal

#endif  // PARKWAY_WAIT_WAIT_IN_LINE_H_
