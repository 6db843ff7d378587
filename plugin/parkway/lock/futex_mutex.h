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

// A mutual-exclusion lock that barges: whoever finds it free takes it. A
// waiter that has waited for 1 ms and lost the lock after four wakes asks for
// a handoff; the next unlock passes the lock to the sleepers, then barging
// resumes.
//
// Meets Lockable and TimedLockable; not recursive. lock() and a successful
// try_lock*() are acquires, unlock() is a release. Constant-initialised, all
// bits zero = unlocked, trivially destructible, no handle and no allocation.
// unlock()'s releasing access is its last touch of the object: a thread that
// can lock it may destroy it as soon as it has unlocked it again.
//
// Algorithm: the futex lock of Go's 2011 "unify mutex code across OSes"
// change (Dmitry Vyukov), after Drepper's "Futexes are tricky", with three
// changes argued in docs/design/locks.md: the unlock that is a plain store, the
// spin plan of parkway/base/spin.h, and the handoff.
//
// The word, as contracts:
//   kUnlocked  free. Set by the releasing access of unlock(), from any state
//              when it has seen no sleeper near, else from kLocked, kSleepers.
//   kLocked    held, nobody known to sleep. Set from kUnlocked by a thread
//              that has not slept for this acquisition.
//   kSleepers  held, and its owner wakes one sleeper when it unlocks. Set from
//              kUnlocked by a thread that has slept (others may still), from
//              kLocked by one that is about to.
//   kHandoff   like kSleepers, and a waiter starves. Set from kLocked and
//              kSleepers by a starving waiter, which takes it back (kSleepers)
//              if it gives up. Consumed by the next unlock.
//   kGranted   held by nobody, to be claimed (made kSleepers) by a waiter that
//              has slept. Set from kHandoff by unlock(), which wakes one.
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
    if (!take(kLocked)) lock_slow(os::kForever);
    internal::count_lock<P>();
  }

  // lock() for who has just seen try_lock() fail: it waits at once. One more
  // attempt would take the line from the owner, in the middle of the section,
  // for the second time (bench/tasks TaskMutexContendedWork: 12 % of the
  // whole).
  void lock_after_try() PARKWAY_ACQUIRE() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    internal::Acquiring<P> tools(this);
    lock_slow(os::kForever);
    internal::count_lock<P>();
  }

  // Takes the mutex if it is free; never waits, never fails spuriously.
  bool try_lock() PARKWAY_TRY_ACQUIRE(true) PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    internal::Trying<P> tools(this);
    if (!tools.got(take(kLocked) || take_inherited())) return false;
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

  static constexpr const char* kName = P::kMutexName;

  static constexpr State kUnlocked = 0;
  static constexpr State kLocked = 1;
  static constexpr State kSleepers = 2;
  static constexpr State kHandoff = 3;
  static constexpr State kGranted = 4;

  bool take(State as) {
    State expected = kUnlocked;
    // acquire: pairs with Platform::release() and with unlock_slow().
    return word_.compare_exchange_strong(expected, as,
                                         std::memory_order_acquire);
  }

  // In the child of a fork a mutex may have been handed over to a waiter that
  // is gone.
  bool take_inherited() {
    return PARKWAY_UNLIKELY(word_.load(std::memory_order_relaxed) ==
                            kGranted) &&
           P::forked() && claim();
  }

  bool try_lock_slow(std::int64_t deadline) {
    internal::Trying<P> tools(this);
    if (!tools.got(lock_slow(deadline))) return false;
    internal::count_lock<P>();
    return true;
  }

  // By address only.
  static void wake(Word& word) {
    internal::Seen<P> tools;
    P::futexwakeup(word, 1);
  }

  void check_owned() const {
    const State state = word_.load(std::memory_order_relaxed);
    if (state == kUnlocked || state == kGranted) {
      internal::fatal(kName, this, "unlock of an unlocked mutex");
    }
  }

  // In futex_mutex_slow.h; compiled once, in futex_mutex.cc.
  bool lock_slow(std::int64_t deadline);
  bool claim();
  bool take_or_claim(State as, bool slept);
  bool leave_or_take(bool slept, bool asked);
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
