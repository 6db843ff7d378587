// SPDX-License-Identifier: Apache-2.0

// The cold half of BasicFutexMutex. Included by futex_mutex.cc, the model
// checker and the fault tests, by no header.
#ifndef PARKWAY_LOCK_FUTEX_MUTEX_SLOW_H_
#define PARKWAY_LOCK_FUTEX_MUTEX_SLOW_H_

#include <algorithm>

#include "parkway/lock/futex_mutex.h"
#include "parkway/os/compiler.h"
#include "parkway/profile/contention.h"

namespace parkway {

// The invariant behind every wait below, call it (W):
//   if a thread sleeps, then some thread that is awake and in lock_slow() or
//   in unlock() will wake it or will, as owner, leave the word at kSleepers,
//   kHandoff or kGranted; or the word is one of these already.
// A waiter that has slept or announced itself therefore never leaves with the
// word at kLocked or kUnlocked behind it.
//
// And a second one, call it (S), which lets an unlock store kUnlocked over any
// state when nobody is near:
//   a thread that sleeps has announced itself before it last looked at the
//   word; it retracts when it has the mutex or has given up.
// So an owner that took the mutex after the announcement sees it before its
// release and goes by the word; one that was in between sees it after its
// release and wakes one sleeper, of which (W) then holds.

template <class P>
bool BasicFutexMutex<P>::take_or_claim(State as, bool slept) {
  const State state = word_.load(std::memory_order_relaxed);
  if (state == kUnlocked) return take(as);
  return state == kGranted && slept && claim();
}

template <class P>
bool BasicFutexMutex<P>::claim() {
  State expected = kGranted;
  // acquire: pairs with unlock_slow().
  return word_.compare_exchange_strong(expected, kSleepers,
                                       std::memory_order_acquire);
}

// Counts the thread as a sleeper from make() to the end of the scope.
template <class P>
class BasicFutexMutex<P>::Announcement {
 public:
  explicit Announcement(const Word& word) : word_(word) {}
  ~Announcement() {
    if (made_) P::retract(&word_);
  }
  Announcement(const Announcement&) = delete;
  Announcement& operator=(const Announcement&) = delete;
  void make() {
    made_ = true;
    if (!P::announce(&word_)) settles_ = P::now() + P::kSettleNs;
  }
  // How long one may sleep at most: see P::announce().
  std::int64_t limit() {
    if (settles_ != os::kForever && P::now() >= settles_) {
      P::settled(&word_);
      settles_ = os::kForever;
    }
    return settles_;
  }

 private:
  const Word& word_;
  bool made_ = false;
  std::int64_t settles_ = os::kForever;
};

template <class P>
PARKWAY_NOINLINE bool BasicFutexMutex<P>::lock_slow(std::int64_t deadline) {
  internal::Waiting<P> waiting(WaitKind::kMutex, this);
  const bool timed = deadline != os::kForever;
  // What this thread makes of the word when it takes the mutex. Once it has
  // announced itself it takes it as kSleepers, because its announcement may
  // have been the only trace of somebody else's sleep (W).
  State as = kLocked;
  bool slept = false;
  bool asked = false;
  Announcement announcement(word_);
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
      announcement.make();
    }
    if (timed && P::now() >= deadline) return leave_or_take(slept, asked);

    const State want =
        slept && P::starving(since, losses) ? kHandoff : kSleepers;
    if (want == kHandoff) {
      asked = true;
      P::fork_generation();  // asked for before: P::forked() is exact
    }
    State state = word_.load(std::memory_order_relaxed);
    while (state == kLocked || (state == kSleepers && want == kHandoff)) {
      // relaxed: publishes nothing but itself.
      if (word_.compare_exchange_weak(state, want, std::memory_order_relaxed)) {
        state = want;
      }
    }
    if (state == kUnlocked || (state == kGranted && slept)) continue;

    std::int64_t until =
        std::min({deadline, announcement.limit(), P::look_again(since)});
    // kGranted: whoever it was meant for claims it, except in the child of a
    // fork() that left that thread behind. Then it is for any that waited.
    if (state == kGranted) until = std::min(until, P::now() + P::kSettleNs);
    if (word_.load(std::memory_order_relaxed) == state) {
      internal::Seen<P> tools;
      P::futexsleep(word_, state, until);
    }
    slept = true;
    waiting.slept();
  }
}

// A waiter whose time is up. It may have consumed the only wake, or have
// announced itself over somebody else's: leaving, it makes sure that the next
// unlock wakes again (W), and if the mutex is free it has simply got it. If it
// has asked for a handoff it withdraws that, or is served: nobody else may be
// there to claim a mutex that is handed over.
template <class P>
bool BasicFutexMutex<P>::leave_or_take(bool slept, bool asked) {
  for (;;) {
    State state = word_.load(std::memory_order_relaxed);
    if (state == kUnlocked || (state == kGranted && slept)) {
      if (take_or_claim(kSleepers, slept)) return true;
    } else if (state == kLocked) {
      if (!slept) return false;  // never woken
      // If an unlock overwrites this, it wakes a sleeper itself (S).
      if (word_.compare_exchange_strong(state, kSleepers,
                                        std::memory_order_relaxed)) {
        return false;
      }
    } else if (state == kHandoff && asked) {
      // Perhaps another one's as well. That one asks again when it is woken and
      // finds the mutex taken. relaxed: publishes nothing but itself.
      if (word_.compare_exchange_strong(state, kSleepers,
                                        std::memory_order_relaxed)) {
        return false;
      }
    } else {
      // kSleepers, kHandoff: the owner will wake. kGranted, not slept: the
      // claimant makes it kSleepers.
      return false;
    }
  }
}

// There are sleepers near, perhaps this mutex's: the word knows.
template <class P>
PARKWAY_NOINLINE void BasicFutexMutex<P>::unlock_slow() {
  internal::releasing<P>(WaitKind::kMutex, this);
  auto& word = word_;
  // A guess: a load would bring the line once more than needed.
  State state = kLocked;
  // One step, so that a waiter which withdraws its request does so before the
  // handoff or sees it. Where it succeeds it is the last access to the mutex;
  // the wake goes by address.
  // release: pairs with the acquire CAS in take() and take_or_claim().
  while (!word.compare_exchange_weak(
      state, state == kHandoff ? kGranted : kUnlocked,
      std::memory_order_release, std::memory_order_relaxed)) {
    if (state == kUnlocked || state == kGranted) {
      internal::fatal(kName, this, "unlock of an unlocked mutex");
    }
  }
  if (state != kLocked) {
    wake(word);
  } else {
    P::calm(&word);
  }
}

}  // namespace parkway

#endif  // PARKWAY_LOCK_FUTEX_MUTEX_SLOW_H_
