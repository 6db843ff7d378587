// The bodies of BasicAddressCondWait. Included by address_cond_wait.cc, the
// model checker and the fault tests, by no header.
#ifndef PARKWAY_ADDRESS_COND_WAIT_SLOW_H_
#define PARKWAY_ADDRESS_COND_WAIT_SLOW_H_

#include "parkway/address_cond_wait.h"
#include "parkway/address_wait_slow.h"
#include "parkway/spin.h"

namespace parkway {
namespace internal {

// Unlike a mutex's owner, a waker may take any time to come. So the first gap
// only, for one that is about to, and a few yields.
inline constexpr SpinPlan kCondWaitPlan = [] {
  SpinPlan plan;
  plan.gaps = 1;
  plan.yields = 8;
  return plan;
}();

}  // namespace internal

template <class P>
BasicAddressCondWait<P>::BasicAddressCondWait(const void* address,
                                              std::uintptr_t context)
    : address_(address), waiter_(address, context) {
  waiter_.prepare_if([] { return true; });
}

template <class P>
BasicAddressCondWait<P>::~BasicAddressCondWait() {
  if (waiter_.cancel() || notified_) Waiter::wake_one(address_);
}

template <class P>
bool BasicAddressCondWait<P>::sleep(std::int64_t deadline) {
  if (deadline == os::kForever || P::now() < deadline) {
    internal::spin_and_yield<P>([this] { return waiter_.woken(); },
                                internal::kCondWaitPlan);
  }
  notified_ = waiter_.commit(deadline);
  return notified_;
}

template <class P>
std::size_t BasicAddressCondWait<P>::notify_one(const void* address) {
  return Waiter::may_have_ordered_waiters(address) ? Waiter::wake_one(address)
                                                   : 0;
}

template <class P>
std::size_t BasicAddressCondWait<P>::notify_all(const void* address) {
  return Waiter::may_have_ordered_waiters(address) ? Waiter::wake_all(address)
                                                   : 0;
}

}  // namespace parkway

#endif  // PARKWAY_ADDRESS_COND_WAIT_SLOW_H_
