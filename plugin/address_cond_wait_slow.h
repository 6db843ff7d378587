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
// only, for one that is about to, and few yields if any.
constexpr SpinPlan cond_wait_plan(bool yields) {
  SpinPlan plan;
  plan.gaps = 1;
  plan.yields = yields ? 8 : 0;
  return plan;
}

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
bool BasicAddressCondWait<P>::sleep(std::int64_t deadline, WaitPace& pace) {
  const std::int64_t start = P::now();
  if (start < deadline) {
    internal::spin_and_yield<P>([this] { return waiter_.woken(); },
                                internal::cond_wait_plan(pace.yields()));
  }
  notified_ = waiter_.commit(deadline);
  if (notified_) {
    pace.ended_after(P::now() - start);
  } else {
    pace.timed_out();
  }
  return notified_;
}

template <class P>
std::size_t BasicAddressCondWait<P>::notify_one(const void* address) {
  return may_have_waiters(address) ? Waiter::wake_one(address) : 0;
}

template <class P>
std::size_t BasicAddressCondWait<P>::notify_all(const void* address) {
  return may_have_waiters(address) ? Waiter::wake_all(address) : 0;
}

}  // namespace parkway

#endif  // PARKWAY_ADDRESS_COND_WAIT_SLOW_H_
