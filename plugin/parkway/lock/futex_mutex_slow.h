// SPDX-License-Identifier: Apache-2.0

// The cold half of BasicFutexMutex. Included by futex_mutex.cc, the model
// checker and the fault tests, by no header.
#ifndef PARKWAY_LOCK_FUTEX_MUTEX_SLOW_H_
#define PARKWAY_LOCK_FUTEX_MUTEX_SLOW_H_

#include <algorithm>
#include <utility>

#include "parkway/lock/futex_mutex.h"
#include "parkway/os/compiler.h"
#include "parkway/profile/contention.h"

namespace parkway {

// The invariant behind every wait below, call it (W):
//   if a thread sleeps, then some thread that is awake and in lock_slow() or
//   in unlock() will wake it, or will leave the word at kSleepers, kCrowd,
//   kHandoff or kGranted as owner, before it sleeps or when it gives up; or the
//   word is one of these already.
// A waiter that has slept therefore never leaves with the word at kLocked,
// kUnlocked or its own kWatched or kAsked behind it. While it is awake, others
// may sleep whatever the word is: so kWatched is no more than a hint to owners.
//
// And a second one, call it (S), which lets an unlock store kUnlocked over any
// state when nobody is near:
//   a thread that sleeps has announced itself before it last looked at the
//   word; it retracts when it has the mutex or has given up.
// So an owner that took the mutex after the announcement sees it before its
// release and goes by the word; one that was in between sees it after its
// release and wakes one sleeper, of which (W) then holds. A watcher whose hint
// is overwritten writes it once more.
//
// Whom others rely on may be kept from its CPU. So a watcher watches only while
// it polls, for some microseconds, not while it yields; and nobody relies on
// one for long, or at all if it has a real-time priority (its own spinning
// might keep the watcher from its CPU), is in the child of a fork (where the
// watcher may not be) or waits for a mutex in memory that processes share.

// What a waiter knows of itself.
template <class P>
struct BasicFutexMutex<P>::Waiter {
  std::int64_t since = 0;    // it has announced itself
  std::uint32_t losses = 0;  // sleeps that have ended
  bool announced = false;
  bool slept = false;
  bool notified = false;  // see SpinHistory
  bool idle = false;      // was woken, and has not found the word taken since
  bool polled = false;    // since it came, or its last sleep
  bool leaves = false;    // its polls have shown that it had better sleep
  bool watches = false;   // has made the word kWatched or kAsked
  bool asked = false;     // and kAsked
  bool handoff = false;   // has made the word kHandoff
  bool doubts = false;    // its last sleep took too long
  enum class Urgent { kUnknown, kNo, kYes } urgency = Urgent::kUnknown;

  // Of a crowd that a condition variable has let go, and that has gone to sleep
  // here. To wake them one by one takes as long as all their CPUs need to wake,
  // one after the other; whoever finds nobody at the mutex wakes two.
  bool comes_late() const { return notified && idle; }
  bool starves() const { return P::starving(since, P::kStarvingLosses); }
  bool stays() const { return losses >= P::kStarvingLosses; }
  static bool watchers_exist() { return P::kOneProcess && !P::forked(); }
  bool urgent() {
    if (urgency == Urgent::kUnknown) {
      urgency = P::priority() > 0 ? Urgent::kYes : Urgent::kNo;
    }
    return urgency == Urgent::kYes;
  }
  bool relies() { return watchers_exist() && !doubts && !urgent(); }
  // How long it does, at first as long as it is worth.
  std::int64_t relies_until() const {
    const std::int64_t now = P::now();
    return now + std::max(P::kRelyNs, (now - since) / 2);
  }
  // What it leaves before it sleeps, where it is up to it.
  State asleep() const {
    return urgency == Urgent::kYes || (slept && P::starving(since, losses))
               ? kHandoff
               : kSleepers;
  }
};

// What the waiter makes of that word by taking the mutex; kUnlocked: it may not
// take it.
template <class P>
typename BasicFutexMutex<P>::State BasicFutexMutex<P>::taken(
    State state, const Waiter& self) {
  // Its announcement may have been the only trace of somebody else's sleep (W).
  if (state == kUnlocked) {
    return !self.announced ? kLocked : self.comes_late() ? kCrowd : kSleepers;
  }
  // Whoever watches does so still.
  if (state == kFreeWatched) {
    return self.watches || !Waiter::watchers_exist() ? kSleepers : kWatched;
  }
  // A watcher would always be faster than those that are woken.
  const bool granted = state == kGranted && self.slept &&
                       (!self.watches || self.handoff || P::forked());
  const bool passed =
      state == kPassed &&
      (self.asked || (self.slept && (self.doubts || P::forked() ||
                                     self.urgency == Waiter::Urgent::kYes)));
  return granted || passed ? kSleepers : kUnlocked;
}

// What the waiter makes of a word that it can't take.
template <class P>
typename BasicFutexMutex<P>::State BasicFutexMutex<P>::left(State state,
                                                            Waiter& self) {
  switch (state) {
    case kLocked:
    case kSleepers:
    case kCrowd:
      if (self.polled) return self.asleep();
      if (!Waiter::watchers_exist()) return state;
      return self.starves() ? kAsked : kWatched;
    case kWatched:
      if (!self.relies()) return self.polled ? self.asleep() : state;
      return !self.polled && self.starves() ? kAsked : kWatched;
    case kAsked:
      return !self.relies() && self.polled ? self.asleep() : kAsked;
    default:
      return state;  // somebody else's, who goes by it
  }
}

// Takes the mutex (kUnlocked), or returns what the word is when it is left.
// Then the waiter polls, perhaps as the mutex's watcher, or sleeps.
template <class P>
typename BasicFutexMutex<P>::State BasicFutexMutex<P>::take_or_leave(
    Waiter& self) {
  State state = word_.load(std::memory_order_relaxed);
  State as = kUnlocked;
  State next = kUnlocked;
  do {
    as = taken(state, self);
    next = as != kUnlocked ? as : left(state, self);
    // acquire: taking it pairs with Platform::release() and unlock_slow().
  } while (next != state &&
           !word_.compare_exchange_weak(state, next, std::memory_order_acquire,
                                        std::memory_order_relaxed));
  if (as != kUnlocked) return kUnlocked;
  const bool changed = next != state;
  self.handoff |= changed && next == kHandoff;
  self.asked = changed && next == kAsked;
  self.watches = self.asked || (changed && next == kWatched);
  return next;
}

// One look at the word between polls.
template <class P>
bool BasicFutexMutex<P>::look(Waiter& self) {
  State state = word_.load(std::memory_order_relaxed);
  const State as = taken(state, self);
  if (as != kUnlocked) return take(state, as);
  if (!self.watches) {
    // One looks already.
    self.leaves = !self.slept && (state == kWatched || state == kAsked);
    return false;
  }
  if (state == kAsked && !self.asked) {
    // Another one starves. One that has lost too often looks on.
    self.leaves = !self.stays();
    return false;
  }
  // An unlock may have overwritten what this one had written, or it begins to
  // starve.
  const State next = self.starves() ? kAsked : kWatched;
  if (state == kLocked || state == kSleepers || state == kCrowd ||
      (state == kWatched && next == kAsked)) {
    // relaxed: publishes nothing but itself.
    self.asked |=
        word_.compare_exchange_weak(state, next, std::memory_order_relaxed) &&
        next == kAsked;
  }
  return false;
}

// Nobody relies on the waiter any more, but for what (W) says. True if it has
// taken the mutex.
template <class P>
bool BasicFutexMutex<P>::end_watch(Waiter& self) {
  State state = word_.load(std::memory_order_relaxed);
  for (;;) {
    const State as = taken(state, self);
    const bool own = state == kWatched || (state == kAsked && self.asked);
    const State next = as != kUnlocked ? as : own ? kLocked : state;
    // acquire: as in take_or_leave().
    if (next == state ||
        word_.compare_exchange_weak(state, next, std::memory_order_acquire,
                                    std::memory_order_relaxed)) {
      self.watches = self.asked = false;
      return as != kUnlocked;
    }
  }
}

// Polls and yields. True if it has taken the mutex.
template <class P>
bool BasicFutexMutex<P>::poll(Waiter& self) {
  struct Attempt {
    bool operator()() { return mutex.look(self); }
    bool leaves() const { return self.leaves; }
    BasicFutexMutex& mutex;
    Waiter& self;
  } attempt{*this, self};
  self.polled = true;
  self.leaves = false;
  if (!self.watches) return internal::spin_and_yield<P>(attempt);
  if (internal::watch<P>(attempt) || end_watch(self)) return true;
  if (self.leaves) return false;
  const SpinLimits limits = P::spin_limits();
  return internal::yield<P>(limits, attempt, limits.yields) !=
         internal::YieldsEnd::kNothing;
}

// Takes a word that is not held, but not kUnlocked, if it may.
template <class P>
bool BasicFutexMutex<P>::barge(State& seen) {
  if (seen == kFreeWatched) {
    return take(seen, Waiter::watchers_exist() ? kWatched : kSleepers);
  }
  // Handed over, in the parent of a fork, to a thread that is not here.
  return !is_held(seen) && P::forked() && take(seen, kSleepers);
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
PARKWAY_NOINLINE bool BasicFutexMutex<P>::lock_slow(std::int64_t deadline,
                                                    State seen) {
  if (seen == kFreeWatched && barge(seen)) return true;
  internal::Waiting<P> waiting(WaitKind::kMutex, this);
  Waiter self;
  self.notified = std::exchange(P::spin_history().notified, false);
  if (poll(self)) return true;

  const bool timed = deadline != os::kForever;
  self.since = P::now();
  self.announced = true;
  P::fork_generation();  // asked for before: P::forked() is exact
  Announcement announcement(word_);
  announcement.make();
  for (;;) {
    if (timed && P::now() >= deadline) return give_up(self);
    const State state = take_or_leave(self);
    if (state == kUnlocked) return true;
    self.idle = false;
    if (!self.polled &&
        (self.watches || !self.relies() || (state == kAsked && self.stays()))) {
      self.watches |= state == kAsked;
      if (poll(self)) return true;
      continue;
    }

    std::int64_t until =
        std::min({deadline, announcement.limit(), P::look_again(self.since)});
    // Whoever it was meant for claims it, except in the child of a fork() that
    // left that thread behind. Then it is for any that waited.
    if (!is_held(state)) until = std::min(until, P::now() + P::kSettleNs);
    if (state == kWatched || state == kAsked) {
      until = std::min(until, self.relies_until());
    }
    bool woken = true;
    if (word_.load(std::memory_order_relaxed) == state) {
      internal::Seen<P> tools;
      woken = P::futexsleep(word_, state, until);
    }
    self.slept = true;
    ++self.losses;
    self.idle = woken;
    self.doubts = !woken;
    self.polled = !woken;
    waiting.slept();
  }
}

// A waiter whose time is up. It may have consumed the only wake, or have
// announced itself over somebody else's: leaving, it makes sure that the next
// unlock wakes again (W), and if the mutex is free it has simply got it. If it
// has asked for a handoff it withdraws that, or is served: nobody else may be
// there to claim a mutex that is handed over.
template <class P>
bool BasicFutexMutex<P>::give_up(Waiter& self) {
  State state = word_.load(std::memory_order_relaxed);
  for (;;) {
    const State as = taken(state, self);
    // Where that was another one's as well, it does it again when it finds the
    // mutex taken. If an unlock overwrites it, it wakes a sleeper itself (S).
    const bool mine =
        (state == kLocked && self.slept) || (state == kHandoff && self.handoff);
    const State next = as != kUnlocked ? as : mine ? kSleepers : state;
    // acquire: as in take_or_leave().
    if (next == state ||
        word_.compare_exchange_weak(state, next, std::memory_order_acquire,
                                    std::memory_order_relaxed)) {
      return as != kUnlocked;
    }
  }
}

// There are sleepers near, perhaps this mutex's: the word knows.
template <class P>
PARKWAY_NOINLINE void BasicFutexMutex<P>::unlock_slow() {
  internal::releasing<P>(WaitKind::kMutex, this);
  const auto released = [](State state) {
    return state == kHandoff   ? kGranted
           : state == kWatched ? kFreeWatched
           : state == kAsked   ? kPassed
                               : kUnlocked;
  };
  auto& word = word_;
  // A guess: a load would bring the line once more than needed.
  State state = kLocked;
  // One step, so that a waiter which withdraws its request does so before the
  // handoff or sees it. Where it succeeds it is the last access to the mutex;
  // the wake goes by address.
  // release: pairs with the acquires of take(), take_or_leave(), give_up().
  while (!word.compare_exchange_weak(state, released(state),
                                     std::memory_order_release,
                                     std::memory_order_relaxed)) {
    if (!is_held(state)) {
      internal::fatal(kName, this, "unlock of an unlocked mutex");
    }
  }
  if (state == kSleepers || state == kHandoff) {
    wake(word);
  } else if (state == kCrowd) {
    wake(word, 2);
  } else if (state == kLocked) {
    P::calm(&word);
  }
}

}  // namespace parkway

#endif  // PARKWAY_LOCK_FUTEX_MUTEX_SLOW_H_
