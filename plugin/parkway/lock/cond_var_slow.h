// SPDX-License-Identifier: Apache-2.0

// The cold half of BasicCondVar. Included by cond_var.cc, the model checker
// and the fault tests, by no header.
#ifndef PARKWAY_LOCK_COND_VAR_SLOW_H_
#define PARKWAY_LOCK_COND_VAR_SLOW_H_

#include "parkway/lock/cond_var.h"
#include "parkway/os/compiler.h"
#include "parkway/wait/address_wait_slow.h"

namespace parkway {

template <class P>
void BasicCondVar<P>::enqueue(Waiter& waiter) {
  waiter.prepare_if([this](bool) {
    // relaxed: a notify that must see this comes after the waiter's release of
    // its mutex.
    word_.store(kWaiters, std::memory_order_relaxed);
    return true;
  });
}

// After a wait that was not notified.
template <class P>
PARKWAY_NOINLINE void BasicCondVar<P>::tidy() {
  Waiter::wake_while(
      this, AddressKind::kCondition, [](std::uintptr_t) { return false; },
      [this](bool more) {
        // relaxed: as below.
        if (!more) word_.store(0, std::memory_order_relaxed);
      });
}

template <class P>
PARKWAY_NOINLINE void BasicCondVar<P>::notify_slow(bool all) {
  bool taken = false;
  Waiter::wake_while(
      this, AddressKind::kCondition,
      [&](std::uintptr_t) { return all || !std::exchange(taken, true); },
      [this](bool more) {
        // relaxed: written under the bucket's lock only. Before a waiter is
        // woken: after that it may destroy the condition variable.
        if (!more) word_.store(0, std::memory_order_relaxed);
      });
}

}  // namespace parkway

#endif  // PARKWAY_LOCK_COND_VAR_SLOW_H_
