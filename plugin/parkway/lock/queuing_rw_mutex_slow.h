// SPDX-License-Identifier: Apache-2.0

// The cold half of BasicQueuingRwMutex. Included by queuing_rw_mutex.cc, the
// model checker and the fault tests, by no header.
#ifndef PARKWAY_LOCK_QUEUING_RW_MUTEX_SLOW_H_
#define PARKWAY_LOCK_QUEUING_RW_MUTEX_SLOW_H_

#include "parkway/lock/queuing_rw_mutex.h"
#include "parkway/os/compiler.h"
#include "parkway/profile/contention.h"
#include "parkway/wait/address_wait_slow.h"
#include "parkway/wait/wait_in_line.h"

namespace parkway {

// Invariant (Q): kQueued is in the word exactly if the queue is not empty,
// whenever the bucket's lock is free. While it is there, only a holder, or the
// one thread that was the last reader and is in hand_over(), writes the word,
// and new waiters, which hold that lock, leave it as it is. In the child of
// a fork the queue is empty, whatever the word says: kQueued means nothing
// then.

template <class P>
PARKWAY_NOINLINE void BasicQueuingRwMutex<P>::lock_slow(bool shared) {
  internal::Seen<P> tools;
  internal::Waiting<P> waiting(shared ? WaitKind::kReader : WaitKind::kWriter,
                               this);
  Waiter waiter(&word_, AddressKind::kQueuingRwMutex, shared);
  const std::uint32_t in_the_way = kWriter | (shared ? 0 : kReaders);
  bool first = false;  // in the queue
  const bool waits = waiter.prepare_if([&](bool others) {
    if (others) return true;
    std::uint32_t word = word_.load(std::memory_order_relaxed);
    for (;;) {
      const std::uint32_t held = word & ~kQueued;  // (Q)
      const bool free = (held & in_the_way) == 0;
      // acquire: pairs with the release of every way to unlock.
      if (word_.compare_exchange_weak(
              word, free ? held + (shared ? kReader : kWriter) : held | kQueued,
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

// As a try, where only kQueued is in the way: in the child of a fork nobody may
// be there to hand the mutex over.
template <class P>
PARKWAY_NOINLINE PARKWAY_COLD bool BasicQueuingRwMutex<P>::take_inherited(
    bool shared) {
  if (!P::forked()) return false;
  Waiter waiter(&word_, AddressKind::kQueuingRwMutex, shared);
  bool taken = false;
  waiter.prepare_if([&](bool others) {
    const std::uint32_t in_the_way = shared ? kWriter : kWriter | kReaders;
    const std::uint32_t hold = shared ? kReader : kWriter;
    std::uint32_t word = word_.load(std::memory_order_relaxed);
    while (!others && !taken && (word & in_the_way) == 0) {
      // acquire: pairs with the release of every way to unlock.
      taken = word_.compare_exchange_weak(word, (word & ~kQueued) + hold,
                                          std::memory_order_acquire,
                                          std::memory_order_relaxed);
    }
    return false;
  });
  return taken;
}

// The calling thread is the writer, or was the last reader (`shared`).
template <class P>
PARKWAY_NOINLINE void BasicQueuingRwMutex<P>::hand_over(bool shared) {
  internal::Seen<P> tools;
  internal::releasing<P>(WaitKind::kWriter, this);
  std::uint32_t held = 0;
  // In the child of a fork somebody may have found kQueued meaningless, and
  // taken a mutex whose last reader had left. relaxed: that one held the
  // bucket's lock.
  const auto gone = [&] {
    return shared && word_.load(std::memory_order_relaxed) != kQueued;
  };
  Waiter::wake_while(
      &word_, AddressKind::kQueuingRwMutex,
      [&](std::uintptr_t reads) {
        if (held == 0 && gone()) return false;
        if (held != 0 && (!reads || held == kWriter)) return false;
        held += reads ? kReader : kWriter;
        return true;
      },
      [&](bool more) {
        // Not in this process, or gone: it must not be touched. kQueued may
        // stay: whoever finds it alone takes it for nothing.
        if (shared && held == 0) return;
        // release: pairs with the acquire of those who enter later; those that
        // are woken synchronize with their wake.
        word_.store(held | (more ? kQueued : 0), std::memory_order_release);
      });
}

// The calling thread is the writer.
template <class P>
PARKWAY_NOINLINE void BasicQueuingRwMutex<P>::downgrade_slow() {
  internal::Seen<P> tools;
  std::uint32_t held = kReader;
  Waiter::wake_while(
      &word_, AddressKind::kQueuingRwMutex,
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
