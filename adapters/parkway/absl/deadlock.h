// SPDX-License-Identifier: Apache-2.0

// Detection of potential deadlocks: which locks does a thread hold, in which
// order were locks ever taken, and does a new order contradict an old one?
//
// Semantics: those of Abseil's own detection (mutex.cc), apart from these.
// - It works in every build, not only without NDEBUG. What NDEBUG decides is
//   the mode at the start.
// - A report shows, for every step of the cycle, the stack where this order was
//   first seen (upstream: one stack per mutex), unwound without frame pointers.
// - A thread that holds no other lock takes part without touching anything
//   that is shared.
// - Turning the detection on after it was off starts with an empty memory.
//   What a thread locked before is not counted as held: its unlock, or the end
//   of its life, may have gone unseen, and then the next report would be false.
// - Unlocking what the thread does not hold, as far as this knows, is no error.
//
// A forked child starts with the orders that its parent knew and with the locks
// that the forking thread held. It may use all of this at once, in handlers of
// the fork as well. Nothing here uses malloc, needs a constructor at start-up
// or has a destructor at exit.
#ifndef PARKWAY_ABSL_DEADLOCK_H_
#define PARKWAY_ABSL_DEADLOCK_H_

#include <atomic>

#include "parkway/absl/namespace.h"

PARKWAY_ABSL_NAMESPACE_BEGIN

// What to do about a potential deadlock: a cycle in the order in which locks
// were ever taken.
enum class OnDeadlockCycle {
  kIgnore,  // nothing, and keep no record of locks
  kReport,  // write a report to standard error
  kAbort,   // write a report to standard error, then end the program
};

// Sets what to do from now on, for the whole process. The mode at the start is
// kIgnore with NDEBUG (of this library) or ThreadSanitizer (which has a
// detector of its own), else kAbort. Any thread may call it at any time;
// kIgnore may be set from a signal handler.
void SetMutexDeadlockDetectionMode(OnDeadlockCycle mode);

namespace internal {

extern std::atomic<OnDeadlockCycle> deadlock_mode;

// Whether the calls below are due. When it is false they may be left out, and
// it may change at any time in between.
inline bool DeadlockDetectionOn() {
  return deadlock_mode.load(std::memory_order_relaxed) !=
         OnDeadlockCycle::kIgnore;
}

// The calls below may be made before main, during exit, and with any lock of
// the program held. They wait for nothing but each other.

// Before the calling thread waits for `mutex`, in either mode: notes that it
// comes after everything that the thread holds. If that closes a cycle (also:
// the thread holds it already), reports it, and in kAbort does not return.
void BeforeLock(const void* mutex);

// After the calling thread has locked `mutex`, by waiting or by trying. Up to
// 40 are counted, others are overlooked.
void Locked(const void* mutex, bool shared);

// Before, or after, the calling thread has unlocked `mutex`. Nothing happens if
// it is not among those that the thread is known to hold.
void Unlocked(const void* mutex);

// Whether the calling thread is known to hold `mutex`, in either mode.
bool Holds(const void* mutex);

// Ends the program if Holds(mutex).
void CheckNotHeld(const void* mutex);

// Forgets every order that `mutex` was part of, and that the calling thread
// holds it: for ForgetDeadlockInfo() and for the end of the mutex's life.
// Without waiting for anybody if there was no such order.
void Forget(const void* mutex);

}  // namespace internal
PARKWAY_ABSL_NAMESPACE_END

#endif  // PARKWAY_ABSL_DEADLOCK_H_
