// SPDX-License-Identifier: Apache-2.0

// FutexMutex: the Go runtime's futex lock, 4 bytes.
#ifndef PARKWAY_LOCK_FUTEX_MUTEX_H_
#define PARKWAY_LOCK_FUTEX_MUTEX_H_

#include <chrono>
#include <cstdint>
#include <type_traits>

#include "parkway/base/checks.h"
#include "parkway/base/deadline.h"
#include "parkway/base/held_locks.h"
#include "parkway/base/thread_annotations.h"
#include "parkway/base/tool_annotations.h"
#include "parkway/os/compiler.h"
#include "parkway/wait/wait_platform.h"
#include "parkway/wait/worker.h"

namespace parkway {

// A mutual-exclusion lock that barges: whoever finds it free takes it. Of many
// that wait, one watches the word and the others sleep. A watcher that has
// waited for 1 ms asks for the lock: the next unlock passes it on to that one.
// Where nobody watches, a waiter that has waited so long and lost the lock
// after four wakes asks for a handoff: the next unlock hands the lock to the
// sleepers. Then barging resumes.
//
// Meets Lockable and TimedLockable; not recursive. lock() and a successful
// try_lock*() are acquires, unlock() is a release. Constant-initialised, all
// bits zero = unlocked, trivially destructible, no handle and no allocation.
// unlock()'s releasing access is its last touch of the object: a thread that
// can lock it may destroy it as soon as it has unlocked it again.
//
// Algorithm: the futex lock of Go's 2011 "unify mutex code across OSes"
// change (Dmitry Vyukov), after Drepper's "Futexes are tricky", with four
// changes argued in docs/design/locks.md: the unlock that is a plain store, the
// spin plan of parkway/base/spin.h, the handoff, and the watcher (the spinner
// that Go elects since 1.24; Rhys Hiltner, golang/go issue 68578).
//
// The word, as contracts:
//   kUnlocked     free. Set by the releasing access of unlock(), from any state
//                 when it has seen no sleeper near, else from kLocked,
//                 kSleepers, kCrowd.
//   kLocked       held, nobody known to sleep. Set from kUnlocked by a thread
//                 that has not slept for this acquisition.
//   kSleepers     held, and its owner wakes one sleeper when it unlocks. Set
//                 from a free word by a thread that has announced its sleep
//                 (others may sleep still); from kLocked, kCrowd, kWatched and
//                 kAsked by one that is about to sleep, or gives up.
//   kCrowd        like kSleepers, and its owner wakes two. Set from kUnlocked
//                 by who comes from a condition variable, was about to sleep
//                 here or did, and has not found the word taken since.
//   kHandoff      like kSleepers, and a waiter starves, or must not depend on
//                 others. Set in place of kSleepers by such a waiter, which
//                 takes it back (kSleepers) if it gives up. Consumed by the
//                 next unlock.
//   kGranted      held by nobody, to be claimed (made kSleepers) by a waiter
//                 that has slept. Set from kHandoff by unlock(), which wakes
//                 one.
//   kWatched      held, others may sleep, and its owner wakes nobody: a waiter
//                 polls, the watcher. Set by it from kLocked, kSleepers and
//                 kCrowd, and made kLocked before it yields its CPU.
//   kFreeWatched  free, and else the same. Set from kWatched by unlock(). Made
//                 kWatched by whoever barges.
//   kAsked        like kWatched, and the watcher starves. Set by it, also from
//                 another one's kWatched.
//   kPassed       held by nobody, to be claimed (made kSleepers) by a watcher
//                 that has asked. Set from kAsked by unlock().
// An unlock that has not seen a sleeper may overwrite what one has just set
// here. It looks for sleepers once more after its release, and wakes one.
template <class P>
class PARKWAY_CAPABILITY("mutex") BasicFutexMutex {
 public:
  constexpr BasicFutexMutex() noexcept { internal::mutex_made<P>(this); }
  BasicFutexMutex(const BasicFutexMutex&) = delete;
  BasicFutexMutex& operator=(const BasicFutexMutex&) = delete;

  // Blocks until the calling thread owns the mutex.
  void lock() PARKWAY_ACQUIRE() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    internal::Acquiring<P> tools(this);
    State seen = kUnlocked;
    if (!take(seen, kLocked)) lock_slow(os::kForever, seen);
    internal::count_lock<P>();
  }

  // lock() for who has just seen try_lock() fail: it waits at once. One more
  // attempt would take the line from the owner, in the middle of the section,
  // for the second time (bench/tasks TaskMutexContendedWork: 12 % of the
  // whole).
  void lock_after_try() PARKWAY_ACQUIRE() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    internal::Acquiring<P> tools(this);
    lock_slow(os::kForever, kLocked);
    internal::count_lock<P>();
  }

  // Takes the mutex if it is free; never waits, never fails spuriously.
  bool try_lock() PARKWAY_TRY_ACQUIRE(true) PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    internal::Trying<P> tools(this);
    if (!tools.got(try_take())) return false;
    internal::count_lock<P>();
    return true;
  }

  // Waits at most `timeout` (real time that passes in sleep included). False
  // if it ran out. A timeout of zero or less is a try_lock().
  template <class Rep, class Period>
  bool try_lock_for(const std::chrono::duration<Rep, Period>& timeout)
      PARKWAY_TRY_ACQUIRE(true) PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    return try_lock() || try_lock_slow(internal::deadline_after(timeout));
  }

  // Waits until `at` at most, by at's own clock.
  template <class Clock, class Duration>
  bool try_lock_until(const std::chrono::time_point<Clock, Duration>& at)
      PARKWAY_TRY_ACQUIRE(true) PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    return try_lock() ||
           internal::wait_until(at, [this](std::int64_t deadline) {
             return try_lock_slow(deadline);
           });
  }

  // Releases the mutex. The calling thread must own it; if nobody does, a
  // checked build ends the program.
  void unlock() PARKWAY_RELEASE() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    internal::Releasing<P> tools(this);
    internal::count_unlock<P>(kName, this);
    if constexpr (kChecks) check_owned();
    if (PARKWAY_UNLIKELY(P::sleepers_near(word_))) return unlock_slow();
    // After the release by address only.
    auto& word = word_;
    if (PARKWAY_UNLIKELY(P::release(word))) wake(word);
  }

 private:
  using State = typename P::MutexWord;
  using Word = typename P::template Atomic<State>;
  class Announcement;
  struct Waiter;

  static constexpr const char* kName = P::kMutexName;

  static constexpr State kUnlocked = 0;
  static constexpr State kLocked = 1;
  static constexpr State kSleepers = 2;
  static constexpr State kHandoff = 3;
  static constexpr State kGranted = 4;
  static constexpr State kWatched = 5;
  static constexpr State kAsked = 6;
  static constexpr State kCrowd = 7;
  static constexpr State kPassed = 8;
  static constexpr State kFreeWatched = 9;

  // Whether somebody owns the mutex.
  static constexpr bool is_held(State state) {
    return state != kUnlocked && state != kGranted && state < kPassed;
  }

  // If the word is `from`; else `from` becomes what it is.
  bool take(State& from, State as) {
    // acquire: pairs with Platform::release() and with unlock_slow().
    return word_.compare_exchange_strong(from, as, std::memory_order_acquire);
  }

  bool try_take() {
    State seen = kUnlocked;
    return take(seen, kLocked) ||
           (PARKWAY_UNLIKELY(!is_held(seen)) && barge(seen));
  }

  bool try_lock_slow(std::int64_t deadline) {
    internal::Trying<P> tools(this);
    if (!tools.got(lock_slow(deadline, kLocked))) return false;
    internal::count_lock<P>();
    return true;
  }

  // By address only.
  static void wake(Word& word, std::uint32_t count = 1) {
    internal::Seen<P> tools;
    P::futexwakeup(word, count);
  }

  void check_owned() const {
    if (!is_held(word_.load(std::memory_order_relaxed))) {
      internal::fatal(kName, this, "unlock of an unlocked mutex");
    }
  }

  // In futex_mutex_slow.h; compiled once, in futex_mutex.cc.
  bool barge(State& seen);
  bool lock_slow(std::int64_t deadline, State seen);
  static State taken(State state, const Waiter& self);
  static State left(State state, Waiter& self);
  bool look(Waiter& self);
  bool end_watch(Waiter& self);
  bool poll(Waiter& self);
  State take_or_leave(Waiter& self);
  bool give_up(Waiter& self);
  void unlock_slow();

  Word word_{kUnlocked};
};

extern template class BasicFutexMutex<Platform>;

using FutexMutex = BasicFutexMutex<Platform>;

static_assert(sizeof(FutexMutex) == 4 && alignof(FutexMutex) == 4);
static_assert(std::is_trivially_destructible_v<FutexMutex>);
static_assert(std::is_standard_layout_v<FutexMutex>);

}  // namespace parkway

#endif  // PARKWAY_LOCK_FUTEX_MUTEX_H_
