// The cold half of BasicFutexMutex. Included by futex_mutex.cc, the model
// checker and the fault tests, by no header.
#ifndef PARKWAY_FUTEX_MUTEX_SLOW_H_
#define PARKWAY_FUTEX_MUTEX_SLOW_H_

#include <algorithm>

#include "parkway/futex_mutex.h"

namespace parkway {

// The invariant behind every wait below, call it (W):
//   if a thread sleeps, then some thread that is awake and in lock_slow() or
//   in unlock() will wake it or will, as owner, leave the word at kSleepers,
//   kHandoff or kGranted; or the word is one of these already.
// A waiter that has slept or announced itself therefore never leaves with the
// word at kLocked or kUnlocked behind it.

template <class P>
bool BasicFutexMutex<P>::take_or_claim(std::uint32_t as, bool slept) {
  const std::uint32_t state = word_.load(std::memory_order_relaxed);
  if (state == kUnlocked) return take(as);
  if (state == kGranted && slept) {
    std::uint32_t expected = kGranted;
    // acquire: pairs with unlock_slow()'s exchange.
    return word_.compare_exchange_strong(expected, kSleepers,
                                         std::memory_order_acquire);
  }
  return false;
}

template <class P>
[[gnu::noinline]] bool BasicFutexMutex<P>::lock_slow(std::int64_t deadline) {
  const bool timed = deadline != os::kForever;
  // What this thread makes of the word when it takes the mutex. Once it has
  // announced itself it takes it as kSleepers, because its announcement may
  // have been the only trace of somebody else's sleep (W).
  std::uint32_t as = kLocked;
  bool slept = false;
  std::int64_t since = 0;
  std::uint32_t losses = 0;
  for (;;) {
    if (internal::spin_and_yield<P>([&] { return take_or_claim(as, slept); })) {
      return true;
    }
    if (slept) ++losses;
    if (as == kLocked) {
      since = P::now();
      as = kSleepers;
    }
    if (timed && P::now() >= deadline) return leave_or_take(slept);

    const std::uint32_t want =
        !timed && slept && P::starving(since, losses) ? kHandoff : kSleepers;
    std::uint32_t state = word_.load(std::memory_order_relaxed);
    while (state == kLocked || (state == kSleepers && want == kHandoff)) {
      // relaxed: publishes nothing but itself.
      if (word_.compare_exchange_weak(state, want, std::memory_order_relaxed)) {
        state = want;
      }
    }
    if (state == kUnlocked || (state == kGranted && slept)) continue;

    std::int64_t until = deadline;
    // kGranted: whoever it was meant for claims it, except in the child of a
    // fork() that left that thread behind. Then it is for any that waited.
    if (!P::erase_barrier() || state == kGranted) {
      until = std::min(until, P::now() + P::kRecheckNs);
    }
    if (word_.load(std::memory_order_relaxed) == state) {
      P::futexsleep(word_, state, until);
    }
    slept = true;
  }
}

// A waiter whose time is up. It may have consumed the only wake, or have
// announced itself over somebody else's: leaving, it makes sure that the next
// unlock wakes again (W), and if the mutex is free it has simply got it.
template <class P>
bool BasicFutexMutex<P>::leave_or_take(bool slept) {
  for (;;) {
    std::uint32_t state = word_.load(std::memory_order_relaxed);
    if (state == kUnlocked || (state == kGranted && slept)) {
      if (take_or_claim(kSleepers, slept)) return true;
    } else if (state == kLocked) {
      if (!slept) return false;  // never announced, never woken
      if (word_.compare_exchange_strong(state, kSleepers,
                                        std::memory_order_relaxed)) {
        // Erased? Then look again. Without the barrier, wait out the store.
        if (!P::erase_barrier()) P::yield();
      }
    } else {
      // kSleepers, kHandoff: the owner will wake. If this was written by
      // another waiter and is erased, that waiter looks again. kGranted, not
      // slept: the claimant makes it kSleepers.
      return false;
    }
  }
}

template <class P>
[[gnu::noinline]] void BasicFutexMutex<P>::unlock_slow(std::uint32_t state) {
  // owner_release() left state - 1. That is not 0, so the mutex is still held,
  // unless it never was.
  if (state != kSleepers && state != kHandoff) {
    internal::fatal(kName, this, "unlock of an unlocked mutex");
  }
  // release: pairs with the acquire CAS in take() and take_or_claim(). This is
  // the last access to the mutex; the wake goes by address.
  auto& word = word_;
  word.exchange(state == kHandoff ? kGranted : kUnlocked,
                std::memory_order_release);
  P::futexwakeup(word, 1);
}

}  // namespace parkway

#endif  // PARKWAY_FUTEX_MUTEX_SLOW_H_
