// SPDX-License-Identifier: Apache-2.0

// The bodies of BasicAddressCondWait. Included by address_cond_wait.cc, the
// model checker and the fault tests, by no header.
#ifndef PARKWAY_WAIT_ADDRESS_COND_WAIT_SLOW_H_
#define PARKWAY_WAIT_ADDRESS_COND_WAIT_SLOW_H_

#include "parkway/base/spin.h"
#include "parkway/wait/address_cond_wait.h"
#include "parkway/wait/address_wait_slow.h"

namespace parkway {
template <class P>
BasicAddressCondWait<P>::BasicAddressCondWait(const void* address,
                                              std::uintptr_t context)
    : address_(address), waiter_(address, kKind, context) {
  waiter_.prepare_if([](bool) { return true; });
}

template <class P>
BasicAddressCondWait<P>::~BasicAddressCondWait() {
  if (waiter_.cancel() || notified_) Waiter::wake_one(address_, kKind);
}

template <class P>
bool BasicAddressCondWait<P>::sleep(std::int64_t deadline, WaitPace& pace) {
  const std::int64_t start = P::now();
  if (start < deadline) {
    constexpr std::uint32_t kMostYields = 8;
    internal::spin_and_yield<P>([this] { return waiter_.woken(); },
                                pace.plan(kMostYields));
  }
  notified_ = waiter_.commit(deadline);
  if (notified_) {
    pace.ended_after(P::now() - start);
  } else {
    pace.timed_out();
  }
  return notified_;
}

}  // namespace parkway

#endif  // PARKWAY_WAIT_ADDRESS_COND_WAIT_SLOW_H_
