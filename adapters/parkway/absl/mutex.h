// SPDX-License-Identifier: Apache-2.0

// Mutex: parkway's reader-writer lock with Abseil's interface.
//
// Origin: the interface of absl/synchronization/mutex.h, all of it, in both of
// its spellings (Lock and lock, ReaderLock and lock_shared). The algorithm is
// parkway/lock/rw_mutex.h's; here is what only Abseil has: invariants, logs,
// hooks, deadlock detection. Clang's thread-safety analysis sees it as
// Abseil's.
//
// This header brings what upstream's does: Condition, CondVar, the scoped
// locks, the hooks and the modes of the deadlock detection too.
#ifndef PARKWAY_ABSL_MUTEX_H_
#define PARKWAY_ABSL_MUTEX_H_

#include <cstdint>

#include "absl/base/attributes.h"
#include "absl/base/const_init.h"
#include "absl/base/optimization.h"
#include "absl/base/thread_annotations.h"
#include "absl/time/clock.h"  // IWYU pragma: keep, upstream's brings it
#include "absl/time/time.h"
#include "parkway/absl/condition.h"
#include "parkway/absl/deadline.h"
#include "parkway/absl/deadlock.h"
#include "parkway/absl/deprecated.h"
#include "parkway/absl/events.h"
#include "parkway/absl/namespace.h"
#include "parkway/base/tool_annotations.h"
#include "parkway/lock/rw_mutex.h"

PARKWAY_ABSL_NAMESPACE_BEGIN

// A lock that one writer or any number of readers hold at a time. Not
// recursive. A waiting writer stops new readers.
//
// Ordering: an unlock happens before the lock, or the successful try, that
// follows it. Ownership: 8 bytes, no handle, no allocation; whoever is the last
// to lock it may destroy it as soon as it has unlocked it, also while an unlock
// that has released it is still returning. Errors: none is reported; misuse
// ends checked builds with one line that names the mutex.
class ABSL_LOCKABLE Mutex {
 public:
  // Unlocked. Constant-initialised: usable from the constructors of other
  // globals. kConstInit says that it has to be.
  constexpr Mutex() noexcept {
    ::parkway::internal::mutex_will_go<Tools>(this);
  }
  explicit constexpr Mutex(::absl::ConstInitType) noexcept {}
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;
  // Leaves the bytes as they are.
  ~Mutex() {
    if (ABSL_PREDICT_FALSE(::parkway::kChecks || Watched())) Forget();
    ::parkway::internal::mutex_gone<Tools>(this);
  }

  // Waits, without limit, until the calling thread is the writer.
  void lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    if (ABSL_PREDICT_FALSE(internal::DeadlockDetectionOn() ||
                           !impl_.lock_fast())) {
      LockSlow();
    }
  }
  // Gives the mutex back. The calling thread must be the writer.
  void unlock() ABSL_UNLOCK_FUNCTION() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    if (ABSL_PREDICT_FALSE(internal::DeadlockDetectionOn() ||
                           !impl_.unlock_fast())) {
      UnlockSlow();
    }
  }
  // Whether the calling thread could become the writer at once.
  ABSL_MUST_USE_RESULT bool try_lock()
      ABSL_EXCLUSIVE_TRYLOCK_FUNCTION(true) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return (!internal::DeadlockDetectionOn() && impl_.try_lock_fast()) ||
           TryLockSlow();
  }

  // The same for one of the readers. A try fails also while a writer waits.
  void lock_shared()
      ABSL_SHARED_LOCK_FUNCTION() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    if (ABSL_PREDICT_FALSE(internal::DeadlockDetectionOn() ||
                           !impl_.lock_shared_fast())) {
      ReaderLockSlow();
    }
  }
  void unlock_shared() ABSL_UNLOCK_FUNCTION() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    if (ABSL_PREDICT_FALSE(internal::DeadlockDetectionOn() ||
                           !impl_.unlock_shared_fast())) {
      ReaderUnlockSlow();
    }
  }
  ABSL_MUST_USE_RESULT bool try_lock_shared()
      ABSL_SHARED_TRYLOCK_FUNCTION(true) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return (!internal::DeadlockDetectionOn() && impl_.try_lock_shared_fast()) ||
           ReaderTryLockSlow();
  }

  // The same under Abseil's older names.
  PARKWAY_ABSL_DEPRECATED("Use lock() instead")
  void Lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() { lock(); }
  PARKWAY_ABSL_DEPRECATED("Use unlock() instead")
  void Unlock() ABSL_UNLOCK_FUNCTION() { unlock(); }
  PARKWAY_ABSL_DEPRECATED("Use try_lock() instead")
  ABSL_MUST_USE_RESULT bool TryLock() ABSL_EXCLUSIVE_TRYLOCK_FUNCTION(true) {
    return try_lock();
  }
  PARKWAY_ABSL_DEPRECATED("Use lock_shared() instead")
  void ReaderLock() ABSL_SHARED_LOCK_FUNCTION() { lock_shared(); }
  PARKWAY_ABSL_DEPRECATED("Use unlock_shared() instead")
  void ReaderUnlock() ABSL_UNLOCK_FUNCTION() { unlock_shared(); }
  PARKWAY_ABSL_DEPRECATED("Use try_lock_shared() instead")
  ABSL_MUST_USE_RESULT bool ReaderTryLock() ABSL_SHARED_TRYLOCK_FUNCTION(true) {
    return try_lock_shared();
  }
  PARKWAY_ABSL_DEPRECATED("Use lock() instead")
  void WriterLock() ABSL_EXCLUSIVE_LOCK_FUNCTION() { lock(); }
  PARKWAY_ABSL_DEPRECATED("Use unlock() instead")
  void WriterUnlock() ABSL_UNLOCK_FUNCTION() { unlock(); }
  PARKWAY_ABSL_DEPRECATED("Use try_lock() instead")
  ABSL_MUST_USE_RESULT bool WriterTryLock()
      ABSL_EXCLUSIVE_TRYLOCK_FUNCTION(true) {
    return try_lock();
  }

  // End the program when nobody is the writer, or nobody holds the mutex. They
  // can't tell who does: that another thread does passes unnoticed.
  void AssertHeld() const ABSL_ASSERT_EXCLUSIVE_LOCK() {
    if (ABSL_PREDICT_FALSE(!impl_.is_locked())) NotHeld();
  }
  void AssertReaderHeld() const ABSL_ASSERT_SHARED_LOCK() {
    if (ABSL_PREDICT_FALSE(!impl_.is_locked_or_shared())) NotReaderHeld();
  }
  void WriterAssertHeld() const ABSL_ASSERT_EXCLUSIVE_LOCK() { AssertHeld(); }
  // Ends the program when the calling thread holds the mutex and the deadlock
  // detection, which alone knows, is on.
  void AssertNotHeld() const {
    if (internal::DeadlockDetectionOn()) internal::CheckNotHeld(this);
  }

  // Wait until `cond` is true, with the mutex held in either mode; it is given
  // back meanwhile. With a limit they return what the condition said when the
  // time was up; a limit that is past only looks. InfiniteDuration() and
  // InfiniteFuture() are none.
  void Await(const Condition& cond) { AwaitCommon(cond, internal::kNever); }
  bool AwaitWithTimeout(const Condition& cond, ::absl::Duration timeout) {
    return AwaitCommon(cond, internal::DeadlineAfter(timeout));
  }
  bool AwaitWithDeadline(const Condition& cond, ::absl::Time deadline) {
    return AwaitCommon(cond, internal::DeadlineAt(deadline));
  }

  // The same from outside: the mutex is held when they return, whatever they
  // return.
  void LockWhen(const Condition& cond)
      ABSL_EXCLUSIVE_LOCK_FUNCTION() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    LockWhenCommon(cond, internal::kNever);
  }
  bool LockWhenWithTimeout(const Condition& cond, ::absl::Duration timeout)
      ABSL_EXCLUSIVE_LOCK_FUNCTION() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return LockWhenCommon(cond, internal::DeadlineAfter(timeout));
  }
  bool LockWhenWithDeadline(const Condition& cond, ::absl::Time deadline)
      ABSL_EXCLUSIVE_LOCK_FUNCTION() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return LockWhenCommon(cond, internal::DeadlineAt(deadline));
  }
  void ReaderLockWhen(const Condition& cond)
      ABSL_SHARED_LOCK_FUNCTION() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    ReaderLockWhenCommon(cond, internal::kNever);
  }
  bool ReaderLockWhenWithTimeout(const Condition& cond,
                                 ::absl::Duration timeout)
      ABSL_SHARED_LOCK_FUNCTION() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return ReaderLockWhenCommon(cond, internal::DeadlineAfter(timeout));
  }
  bool ReaderLockWhenWithDeadline(const Condition& cond, ::absl::Time deadline)
      ABSL_SHARED_LOCK_FUNCTION() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return ReaderLockWhenCommon(cond, internal::DeadlineAt(deadline));
  }
  void WriterLockWhen(const Condition& cond) ABSL_EXCLUSIVE_LOCK_FUNCTION() {
    LockWhen(cond);
  }
  bool WriterLockWhenWithTimeout(const Condition& cond,
                                 ::absl::Duration timeout)
      ABSL_EXCLUSIVE_LOCK_FUNCTION() {
    return LockWhenWithTimeout(cond, timeout);
  }
  bool WriterLockWhenWithDeadline(const Condition& cond, ::absl::Time deadline)
      ABSL_EXCLUSIVE_LOCK_FUNCTION() {
    return LockWhenWithDeadline(cond, deadline);
  }

  // Calls invariant(arg) whenever the mutex was locked and before it is
  // unlocked, if EnableMutexInvariantDebugging(true) was called before. Null
  // ends that.
  void EnableInvariantDebugging(void (*invariant)(void*), void* arg);
  // Writes a line with `name` (copied; may be null) to standard error for each
  // thing that happens to the mutex.
  void EnableDebugLog(const char* name);

  // Forgets in which order this mutex and others were locked. For mutexes of
  // a pool that changes its order. Without detection, nothing.
  void ForgetDeadlockInfo();

  // To be called first in a handler of a fatal signal that uses mutexes: no
  // deadlock detection from now on.
  static void InternalAttemptToUseMutexInFatalSignalHandler();

 private:
  friend class CondVar;
  using Tools = ::parkway::Platform;

  bool Watched() const {
    return internal::DeadlockDetectionOn() || impl_.may_be_slow();
  }
  void LockSlow() ABSL_ATTRIBUTE_COLD ABSL_NO_THREAD_SAFETY_ANALYSIS;
  void UnlockSlow() ABSL_ATTRIBUTE_COLD ABSL_NO_THREAD_SAFETY_ANALYSIS;
  bool TryLockSlow() ABSL_ATTRIBUTE_COLD ABSL_NO_THREAD_SAFETY_ANALYSIS;
  void ReaderLockSlow() ABSL_ATTRIBUTE_COLD ABSL_NO_THREAD_SAFETY_ANALYSIS;
  void ReaderUnlockSlow() ABSL_ATTRIBUTE_COLD ABSL_NO_THREAD_SAFETY_ANALYSIS;
  bool ReaderTryLockSlow() ABSL_ATTRIBUTE_COLD ABSL_NO_THREAD_SAFETY_ANALYSIS;
  [[noreturn]] void NotHeld() const ABSL_ATTRIBUTE_COLD;
  [[noreturn]] void NotReaderHeld() const ABSL_ATTRIBUTE_COLD;
  void Forget() ABSL_ATTRIBUTE_COLD;
  void Blocking(internal::EventKind kind);
  void Arrived(internal::EventKind kind, bool shared);
  void Leaving(internal::EventKind kind);
  void ReportWait(std::int64_t nanoseconds) const;
  void MakeWatched(const char* name);
  bool AwaitCommon(const Condition& cond, std::int64_t deadline);
  bool LockWhenCommon(const Condition& cond,
                      std::int64_t deadline) ABSL_NO_THREAD_SAFETY_ANALYSIS;
  bool ReaderLockWhenCommon(const Condition& cond, std::int64_t deadline)
      ABSL_NO_THREAD_SAFETY_ANALYSIS;

  ::parkway::RwMutex impl_{::parkway::internal::Untold{}};
};

PARKWAY_ABSL_NAMESPACE_END

// What upstream's header of this name has as well.
#include "parkway/absl/cond_var.h"    // IWYU pragma: export
#include "parkway/absl/mutex_lock.h"  // IWYU pragma: export

#endif  // PARKWAY_ABSL_MUTEX_H_
