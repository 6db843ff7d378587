// SPDX-License-Identifier: Apache-2.0

// The cold half of BasicQueuingRwMutex. Included by queuing_rw_mutex.cc, the
// model checker and the fault tests, by no header.
#ifndef PARKWAY_LOCK_QUEUING_RW_MUTEX_SLOW_H_
#define PARKWAY_LOCK_QUEUING_RW_MUTEX_SLOW_H_

#include "parkway/lock/queuing_rw_mutex.h"
#include "parkway/wait/address_wait_slow.h"
#include "parkway/wait/wait_in_line.h"

namespace parkway {

// Invariant (Q): kQueued is in the word exactly if the queue is not empty,
// whenever the bucket's lock is free. While it is there, only a holder, or the
// one thread that was the last reader and is in hand_over(), writes the word,
// and new waiters, which hold that lock, leave it as it is.

template <class P>
[[gnu::noinline]] void BasicQueuingRwMutex<P>::lock_slow(bool shared) {
  Waiter waiter(&word_, shared);
  const std::uint32_t in_the_way = kQueued | kWriter | (shared ? 0 : kReaders);
  bool first = false;  // in the queue
  const bool waits = waiter.prepare_if([&] {
    std::uint32_t word = word_.load(std::memory_order_relaxed);
    for (;;) {
      if ((word & kQueued) != 0) return true;
      const bool free = (word & in_the_way) == 0;
      // acquire: pairs with the release of every way to unlock.
      if (word_.compare_exchange_weak(
              word, free ? word + (shared ? kReader : kWriter) : word | kQueued,
              std::memory_order_acquire, std::memory_order_relaxed)) {
        first = true;
        return !free;
      }
    }
  });
  if (!waits) return;
  internal::wait_in_line<P>(first, [&] { return waiter.woken(); });
  // Whoever wakes it has made it an owner.
  waiter.commit(os::kForever);
}

// The calling thread is the writer, or was the last reader.
template <class P>
[[gnu::noinline]] void BasicQueuingRwMutex<P>::hand_over() {
  std::uint32_t held = 0;
  Waiter::wake_while(
      &word_,
      [&](std::uintptr_t shared) {
        if (held != 0 && (!shared || held == kWriter)) return false;
        held += shared ? kReader : kWriter;
        return true;
      },
      [&](bool more) {
        // release: pairs with the acquire of those who enter later; those that
        // are woken synchronize with their wake.
        word_.store(held | (more ? kQueued : 0), std::memory_order_release);
      });
}

// The calling thread is the writer.
template <class P>
[[gnu::noinline]] void BasicQueuingRwMutex<P>::downgrade_slow() {
  std::uint32_t held = kReader;
  Waiter::wake_while(
      &word_,
      [&](std::uintptr_t shared) {
        if (shared) held += kReader;
        return shared != 0;
      },
      [&](bool more) {
        // release: as in hand_over().
        word_.store(held | (more ? kQueued : 0), std::memory_order_release);
      });
}

}  // namespace parkway

#endif  // PARKWAY_LOCK_QUEUING_RW_MUTEX_SLOW_H_
