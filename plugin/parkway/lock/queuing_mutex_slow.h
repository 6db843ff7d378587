// SPDX-License-Identifier: Apache-2.0

// The cold half of BasicQueuingMutex. Included by queuing_mutex.cc, the model
// checker and the fault tests, by no header.
#ifndef PARKWAY_LOCK_QUEUING_MUTEX_SLOW_H_
#define PARKWAY_LOCK_QUEUING_MUTEX_SLOW_H_

#include "parkway/lock/queuing_mutex.h"
#include "parkway/wait/wait_in_line.h"

namespace parkway {

template <class P>
[[gnu::noinline]] void BasicQueuingMutex<P>::wait_behind(Node& before,
                                                         Node& node) {
  node.state.store(kWaiting, std::memory_order_relaxed);
  // A guess: whether the one before has the mutex.
  const bool next = before.state.load(std::memory_order_relaxed) == kGranted;
  // release: pairs with the acquire in unlock() and hand_over().
  before.next.store(&node, std::memory_order_release);
  // From here on `before` may be gone.
  const auto granted = [&node] {
    // acquire: pairs with the release in hand_over().
    return node.state.load(std::memory_order_acquire) == kGranted;
  };
  if (internal::wait_in_line<P>(next, granted)) return;
  std::uint32_t state = kWaiting;
  // acquire: as in granted(), if it fails.
  if (!node.state.compare_exchange_strong(state, kSleeping,
                                          std::memory_order_acquire)) {
    return;
  }
  do {
    P::futexsleep(node.state, kSleeping, os::kForever);
  } while (!granted());
}

// `next` is null if somebody has come who has not told `node` yet: it is
// between two instructions, or preempted there.
template <class P>
[[gnu::noinline]] void BasicQueuingMutex<P>::hand_over(Node& node, Node* next) {
  const auto told = [&] {
    next = node.next.load(std::memory_order_acquire);
    return next != nullptr;
  };
  while (next == nullptr && !internal::spin_and_yield<P>(told)) {
  }
  auto& state = next->state;
  // release: pairs with the acquire in wait_behind().
  if (state.exchange(kGranted, std::memory_order_release) == kSleeping) {
    P::futexwakeup(state, 1);
  }
  node.next.store(nullptr, std::memory_order_relaxed);
}

}  // namespace parkway

#endif  // PARKWAY_LOCK_QUEUING_MUTEX_SLOW_H_
