// SPDX-License-Identifier: Apache-2.0

// A futex for words of any size, over queues by address.
#ifndef PARKWAY_WAIT_ADDRESS_FUTEX_H_
#define PARKWAY_WAIT_ADDRESS_FUTEX_H_

#include <cstdint>

#include "parkway/wait/address_wait.h"

namespace parkway {

// The policy P, with futexsleep() and futexwakeup() for words of type T. The
// kernel's futexes are 4 bytes wide and aligned, and only threads sleep there;
// these are queues in parkway/wait/address_wait.h.
template <class P, class T>
struct AddressFutex : P {
  using MutexWord = T;
  using Word = typename P::template Atomic<T>;

  // As P::futexsleep(). A wake that finds the thread queued but not asleep ends
  // the sleep as well, whatever the word says.
  static bool futexsleep(Word& word, T expected,
                         std::int64_t deadline) noexcept {
    BasicAddressWaiter<P> waiter(&word, AddressKind::kMutexFutex);
    // relaxed: a waker that does not find this thread in the queue changed the
    // word before it took the bucket's lock. Whether there is anybody to wake
    // it knows from the word.
    const bool waits = waiter.prepare_if(
        [&](bool) { return word.load(std::memory_order_relaxed) == expected; });
    return !waits || waiter.commit(deadline);
  }

  // As P::futexwakeup(). By address only; it may come when something else has
  // taken the memory. Another lock's waiter stands a wake for no reason.
  static void futexwakeup(Word& word, std::uint32_t count) noexcept {
    for (; count > 0; --count) {
      const std::size_t woken =
          BasicAddressWaiter<P>::wake_one(&word, AddressKind::kMutexFutex);
      if (woken == 0) return;
    }
  }
};

}  // namespace parkway

#endif  // PARKWAY_WAIT_ADDRESS_FUTEX_H_
