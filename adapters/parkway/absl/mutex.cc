// SPDX-License-Identifier: Apache-2.0

#include "parkway/absl/mutex.h"

#include <cstdint>

#include "parkway/absl/fatal.h"
#include "parkway/base/checks.h"
#include "parkway/profile.h"

PARKWAY_ABSL_NAMESPACE_BEGIN

using internal::EventKind;

// Before a lock that waits.
void Mutex::Blocking(EventKind kind) {
  if (internal::DeadlockDetectionOn()) internal::BeforeLock(this);
  if (impl_.may_be_slow()) internal::PostEvent(this, kind);
}

// With the mutex held.
void Mutex::Arrived(EventKind kind, bool shared) {
  if (internal::DeadlockDetectionOn()) internal::Locked(this, shared);
  if (impl_.may_be_slow()) internal::PostEvent(this, kind);
}

// With the mutex still held.
void Mutex::Leaving(EventKind kind) {
  if (internal::DeadlockDetectionOn()) internal::Unlocked(this);
  if (impl_.may_be_slow()) internal::PostEvent(this, kind);
}

void Mutex::LockSlow() {
  Blocking(EventKind::kLockBlocking);
  impl_.lock();
  Arrived(EventKind::kLockReturning, false);
}

void Mutex::ReaderLockSlow() {
  Blocking(EventKind::kReaderLockBlocking);
  impl_.lock_shared();
  Arrived(EventKind::kReaderLockReturning, true);
}

bool Mutex::TryLockSlow() {
  if (impl_.try_lock()) {
    Arrived(EventKind::kTryLockSucceeded, false);
    return true;
  }
  if (impl_.may_be_slow()) internal::PostEvent(this, EventKind::kTryLockFailed);
  return false;
}

bool Mutex::ReaderTryLockSlow() {
  if (impl_.try_lock_shared()) {
    Arrived(EventKind::kReaderTryLockSucceeded, true);
    return true;
  }
  if (impl_.may_be_slow()) {
    internal::PostEvent(this, EventKind::kReaderTryLockFailed);
  }
  return false;
}

void Mutex::UnlockSlow() {
  Leaving(EventKind::kUnlock);
  ReportWait(impl_.unlock_slow(false));
}

void Mutex::ReaderUnlockSlow() {
  Leaving(EventKind::kReaderUnlock);
  ReportWait(impl_.unlock_slow(true));
}

// After the release: `this` is an address.
void Mutex::ReportWait(std::int64_t nanoseconds) const {
  if (nanoseconds != 0) internal::PostSlowRelease(this, nanoseconds);
}

void Mutex::NotHeld() const {
  internal::Fatal("Mutex", this, "thread should hold write lock on Mutex");
}

void Mutex::NotReaderHeld() const {
  internal::Fatal("Mutex", this,
                  "thread should hold at least a read lock on Mutex");
}

void Mutex::Forget() {
  if (::parkway::kChecks && impl_.has_waiters()) {
    internal::Fatal("Mutex", this, "destroyed while threads wait for it");
  }
  if (internal::DeadlockDetectionOn()) internal::Forget(this);
  if (impl_.may_be_slow()) {
    internal::ForgetEvent(this);
    ::parkway::set_lock_name(&impl_, nullptr);
    impl_.forget_slow();
  }
}

// Await is legal in either mode. The mutex's word says in which: the calling
// thread holds it, so that can't change.
bool Mutex::AwaitCommon(const Condition& cond, std::int64_t deadline) {
  AssertReaderHeld();
  const bool shared = !impl_.is_locked();
  const ::parkway::Predicate until{
      [](const void* c) { return static_cast<const Condition*>(c)->Eval(); },
      [](const void* a, const void* b) {
        return Condition::GuaranteedEqual(static_cast<const Condition*>(a),
                                          static_cast<const Condition*>(b));
      },
      &cond};
  return impl_.await(until, deadline, shared);
}

bool Mutex::LockWhenCommon(const Condition& cond, std::int64_t deadline) {
  Lock();
  return AwaitCommon(cond, deadline);
}

bool Mutex::ReaderLockWhenCommon(const Condition& cond, std::int64_t deadline) {
  lock_shared();
  return AwaitCommon(cond, deadline);
}

void Mutex::MakeWatched(const char* name) {
  // What the table has of an earlier object at this address is not ours.
  if (!impl_.may_be_slow()) internal::ForgetEvent(this);
  internal::EnsureEvent(this, name, false);
  impl_.make_slow();
}

void Mutex::EnableInvariantDebugging(void (*invariant)(void*), void* arg) {
  if (!internal::InvariantDebuggingEnabled() || invariant == nullptr) return;
  MakeWatched(nullptr);
  internal::SetInvariant(this, invariant, arg);
}

void Mutex::EnableDebugLog(const char* name) {
  MakeWatched(name);
  internal::SetLog(this, true);
  ::parkway::set_lock_name(&impl_, name);
}

void Mutex::ForgetDeadlockInfo() {
  if (internal::DeadlockDetectionOn()) internal::Forget(this);
}

void Mutex::InternalAttemptToUseMutexInFatalSignalHandler() {
  SetMutexDeadlockDetectionMode(OnDeadlockCycle::kIgnore);
}

PARKWAY_ABSL_NAMESPACE_END
