// parkway::absl::{Mutex, MutexLock, CondVar}: parkway's locks with Abseil's
// interface.
//
// Origin: the interface of absl/synchronization/mutex.h, in both of its
// spellings (Lock and lock, pointer and reference guards). There is no
// algorithm here: every call is one call to parkway::Mutex or parkway::CondVar.
//
// Not here yet, on purpose: reader mode (ReaderLock and its family) and
// Condition (Await, LockWhen). They come with a later issue; a reader lock that
// silently excluded other readers would be a trap.
//
// Clang's thread-safety analysis sees these types as it sees Abseil's.

#ifndef PARKWAY_ADAPTERS_ABSL_MUTEX_H_
#define PARKWAY_ADAPTERS_ABSL_MUTEX_H_

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "absl/base/thread_annotations.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "parkway/cond_var.h"
#include "parkway/mutex.h"

namespace parkway {
namespace absl {

namespace internal {

// The duration as the plugin takes it: at least zero, at most a hundred years,
// so that adding it to any clock's now cannot overflow. Finer than a nanosecond
// is rounded up: never wait less.
inline std::chrono::nanoseconds WaitLimit(::absl::Duration timeout) {
  const ::absl::Duration longest = ::absl::Hours(24 * 365 * 100);
  if (timeout <= ::absl::ZeroDuration()) {
    return std::chrono::nanoseconds(0);
  }
  if (timeout >= longest) {
    timeout = longest;
  }
  return ::absl::ToChronoNanoseconds(
      ::absl::Ceil(timeout, ::absl::Nanoseconds(1)));
}

// Ends the program with one line that names the object and the fault.
[[noreturn]] inline void Fatal(const char* type, const void* object,
                               const char* fault) {
  std::fprintf(stderr, "parkway::absl::%s %p: %s\n", type, object, fault);
  std::abort();
}

}  // namespace internal

// A lock that one thread holds at a time. Not recursive, not fair.
//
// Ordering: an unlock happens before the lock or the successful try that
// follows it. Ownership: no handle and no allocation per lock; it may be
// destroyed as soon as nobody holds it or waits for it, also while an unlock
// that has released it is still returning. Errors: none is reported. Unlocking
// a mutex that is not locked is a fault of the program, which checked builds of
// the plugin end with a message.
class ABSL_LOCKABLE Mutex {
 public:
  // Unlocked. Constant initialisation: usable from the constructors of other
  // globals.
  constexpr Mutex() noexcept = default;

  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  // Waits, without limit, until the calling thread holds the mutex.
  void Lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    impl_.lock();
  }

  // Gives the mutex back. The calling thread must hold it.
  void Unlock() ABSL_UNLOCK_FUNCTION() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    impl_.unlock();
  }

  // Takes the mutex if that is possible at once. Returns whether the calling
  // thread holds it now.
  bool TryLock()
      ABSL_EXCLUSIVE_TRYLOCK_FUNCTION(true) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return impl_.try_lock();
  }

  // Ends the program when nobody holds the mutex. It cannot tell who does, so
  // that another thread's holding passes unnoticed: the contract of absl::Mutex
  // allows that.
  void AssertHeld() const
      ABSL_ASSERT_EXCLUSIVE_LOCK() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    if (impl_.try_lock()) {
      internal::Fatal("Mutex", this, "AssertHeld, but nobody holds it");
    }
  }

  // The same under Abseil's second set of names.
  void WriterLock()
      ABSL_EXCLUSIVE_LOCK_FUNCTION() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    impl_.lock();
  }
  void WriterUnlock() ABSL_UNLOCK_FUNCTION() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    impl_.unlock();
  }
  bool WriterTryLock()
      ABSL_EXCLUSIVE_TRYLOCK_FUNCTION(true) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return impl_.try_lock();
  }

  // The same under the standard names, for std::unique_lock and its kin.
  void lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    impl_.lock();
  }
  void unlock() ABSL_UNLOCK_FUNCTION() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    impl_.unlock();
  }
  bool try_lock()
      ABSL_EXCLUSIVE_TRYLOCK_FUNCTION(true) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return impl_.try_lock();
  }

 private:
  // NO_THREAD_SAFETY_ANALYSIS above: callers are checked, the bodies would be
  // against impl_.
  friend class CondVar;

  // Mutable for AssertHeld, whose only way to ask is to try.
  mutable ::parkway::Mutex impl_;
};

// Holds a Mutex for the length of a scope. It does not own the Mutex object,
// which must outlive it. Used by one thread.
class ABSL_SCOPED_LOCKABLE MutexLock {
 public:
  // Waits until the calling thread holds `mu`, which must not be null.
  explicit MutexLock(Mutex* mu) ABSL_EXCLUSIVE_LOCK_FUNCTION(mu) : mu_(*mu) {
    mu_.Lock();
  }

  // The same with a reference, as newer Abseil spells it.
  explicit MutexLock(Mutex& mu) ABSL_EXCLUSIVE_LOCK_FUNCTION(mu) : mu_(mu) {
    mu_.Lock();
  }

  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

  // Gives the mutex back.
  ~MutexLock() ABSL_UNLOCK_FUNCTION() { mu_.Unlock(); }

 private:
  Mutex& mu_;
};

// A condition variable for Mutex.
//
// Every wait gives `mu` back while it sleeps and holds it again when it
// returns, and may return without a signal: test the condition in a loop. All
// waits in progress at one moment must name the same mutex. Signals may be sent
// with or without holding it. Ordering is that of the mutex. It may be
// destroyed when no thread waits on it any more.
class CondVar {
 public:
  // Nobody waits.
  constexpr CondVar() noexcept = default;

  CondVar(const CondVar&) = delete;
  CondVar& operator=(const CondVar&) = delete;

  // Sleeps until signalled. The calling thread must hold `mu`.
  void Wait(Mutex* mu) { impl_.wait(mu->impl_); }

  // Sleeps until signalled or until `timeout` has passed on the monotonic
  // clock. Returns true when it gave up because of the time. InfiniteDuration()
  // never gives up; zero and less do at once, after having released and taken
  // `mu`.
  bool WaitWithTimeout(Mutex* mu, ::absl::Duration timeout) {
    if (timeout == ::absl::InfiniteDuration()) {
      Wait(mu);
      return false;
    }
    return !impl_.wait_for(mu->impl_, internal::WaitLimit(timeout));
  }

  // The same with a point of time. It becomes a length when the call starts: a
  // system clock that is set later does not move it. InfiniteFuture() never
  // gives up.
  bool WaitWithDeadline(Mutex* mu, ::absl::Time deadline) {
    if (deadline == ::absl::InfiniteFuture()) {
      Wait(mu);
      return false;
    }
    return WaitWithTimeout(mu, deadline - ::absl::Now());
  }

  // Wakes one waiter, if there is any.
  void Signal() { impl_.notify_one(); }

  // Wakes all that wait at this moment.
  void SignalAll() { impl_.notify_all(); }

 private:
  ::parkway::CondVar impl_;
};

}  // namespace absl
}  // namespace parkway

#endif  // PARKWAY_ADAPTERS_ABSL_MUTEX_H_
