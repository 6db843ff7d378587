// SPDX-License-Identifier: Apache-2.0

// The scoped locks of Mutex.
//
// Origin: the classes of the same names in absl/synchronization/mutex.h. Each
// takes a reference or a pointer, which must not be null unless it says so. It
// does not own the Mutex, which must outlive it. Used by one thread.
#ifndef PARKWAY_ABSL_MUTEX_LOCK_H_
#define PARKWAY_ABSL_MUTEX_LOCK_H_

#include "absl/base/thread_annotations.h"
#include "parkway/absl/condition.h"
#include "parkway/absl/deprecated.h"
#include "parkway/absl/mutex.h"
#include "parkway/absl/namespace.h"

PARKWAY_ABSL_NAMESPACE_BEGIN

// Is the writer for the length of a scope.
class ABSL_SCOPED_LOCKABLE MutexLock {
 public:
  explicit MutexLock(Mutex& mu) ABSL_EXCLUSIVE_LOCK_FUNCTION(mu) : mu_(&mu) {
    mu_->lock();
  }
  // And waits until `cond` is true.
  explicit MutexLock(Mutex& mu, const Condition& cond)
      ABSL_EXCLUSIVE_LOCK_FUNCTION(mu)
      : mu_(&mu) {
    mu_->LockWhen(cond);
  }
  PARKWAY_ABSL_DEPRECATED("Use the constructor that takes a reference instead")
  explicit MutexLock(Mutex* mu) ABSL_EXCLUSIVE_LOCK_FUNCTION(mu)
      : MutexLock(*mu) {}
  PARKWAY_ABSL_DEPRECATED("Use the constructor that takes a reference instead")
  explicit MutexLock(Mutex* mu, const Condition& cond)
      ABSL_EXCLUSIVE_LOCK_FUNCTION(mu)
      : MutexLock(*mu, cond) {}
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;
  ~MutexLock() ABSL_UNLOCK_FUNCTION() { mu_->unlock(); }

 private:
  Mutex* const mu_;
};

// Is a reader for the length of a scope.
class ABSL_SCOPED_LOCKABLE ReaderMutexLock {
 public:
  explicit ReaderMutexLock(Mutex& mu) ABSL_SHARED_LOCK_FUNCTION(mu) : mu_(&mu) {
    mu_->lock_shared();
  }
  // And waits until `cond` is true.
  explicit ReaderMutexLock(Mutex& mu, const Condition& cond)
      ABSL_SHARED_LOCK_FUNCTION(mu)
      : mu_(&mu) {
    mu_->ReaderLockWhen(cond);
  }
  PARKWAY_ABSL_DEPRECATED("Use the constructor that takes a reference instead")
  explicit ReaderMutexLock(Mutex* mu) ABSL_SHARED_LOCK_FUNCTION(mu)
      : ReaderMutexLock(*mu) {}
  PARKWAY_ABSL_DEPRECATED("Use the constructor that takes a reference instead")
  explicit ReaderMutexLock(Mutex* mu, const Condition& cond)
      ABSL_SHARED_LOCK_FUNCTION(mu)
      : ReaderMutexLock(*mu, cond) {}
  ReaderMutexLock(const ReaderMutexLock&) = delete;
  ReaderMutexLock& operator=(const ReaderMutexLock&) = delete;
  ~ReaderMutexLock() ABSL_UNLOCK_FUNCTION() { mu_->unlock_shared(); }

 private:
  Mutex* const mu_;
};

// MutexLock under its other name.
class ABSL_SCOPED_LOCKABLE WriterMutexLock {
 public:
  explicit WriterMutexLock(Mutex& mu) ABSL_EXCLUSIVE_LOCK_FUNCTION(mu)
      : mu_(&mu) {
    mu_->lock();
  }
  // And waits until `cond` is true.
  explicit WriterMutexLock(Mutex& mu, const Condition& cond)
      ABSL_EXCLUSIVE_LOCK_FUNCTION(mu)
      : mu_(&mu) {
    mu_->WriterLockWhen(cond);
  }
  PARKWAY_ABSL_DEPRECATED("Use the constructor that takes a reference instead")
  explicit WriterMutexLock(Mutex* mu) ABSL_EXCLUSIVE_LOCK_FUNCTION(mu)
      : WriterMutexLock(*mu) {}
  PARKWAY_ABSL_DEPRECATED("Use the constructor that takes a reference instead")
  explicit WriterMutexLock(Mutex* mu, const Condition& cond)
      ABSL_EXCLUSIVE_LOCK_FUNCTION(mu)
      : WriterMutexLock(*mu, cond) {}
  WriterMutexLock(const WriterMutexLock&) = delete;
  WriterMutexLock& operator=(const WriterMutexLock&) = delete;
  ~WriterMutexLock() ABSL_UNLOCK_FUNCTION() { mu_->unlock(); }

 private:
  Mutex* const mu_;
};

// MutexLock that does nothing if `mu` is null.
class ABSL_SCOPED_LOCKABLE MutexLockMaybe {
 public:
  explicit MutexLockMaybe(Mutex* mu) ABSL_EXCLUSIVE_LOCK_FUNCTION(mu)
      : mu_(mu) {
    if (mu_ != nullptr) mu_->lock();
  }
  explicit MutexLockMaybe(Mutex* mu, const Condition& cond)
      ABSL_EXCLUSIVE_LOCK_FUNCTION(mu)
      : mu_(mu) {
    if (mu_ != nullptr) mu_->LockWhen(cond);
  }
  MutexLockMaybe(const MutexLockMaybe&) = delete;
  MutexLockMaybe& operator=(const MutexLockMaybe&) = delete;
  ~MutexLockMaybe() ABSL_UNLOCK_FUNCTION() {
    if (mu_ != nullptr) mu_->unlock();
  }

 private:
  Mutex* const mu_;
};

// MutexLock that can end before its scope.
class ABSL_SCOPED_LOCKABLE ReleasableMutexLock {
 public:
  explicit ReleasableMutexLock(Mutex& mu) ABSL_EXCLUSIVE_LOCK_FUNCTION(mu)
      : mu_(&mu) {
    mu_->lock();
  }
  // And waits until `cond` is true.
  explicit ReleasableMutexLock(Mutex& mu, const Condition& cond)
      ABSL_EXCLUSIVE_LOCK_FUNCTION(mu)
      : mu_(&mu) {
    mu_->LockWhen(cond);
  }
  PARKWAY_ABSL_DEPRECATED("Use the constructor that takes a reference instead")
  explicit ReleasableMutexLock(Mutex* mu) ABSL_EXCLUSIVE_LOCK_FUNCTION(mu)
      : ReleasableMutexLock(*mu) {}
  PARKWAY_ABSL_DEPRECATED("Use the constructor that takes a reference instead")
  explicit ReleasableMutexLock(Mutex* mu, const Condition& cond)
      ABSL_EXCLUSIVE_LOCK_FUNCTION(mu)
      : ReleasableMutexLock(*mu, cond) {}
  ReleasableMutexLock(const ReleasableMutexLock&) = delete;
  ReleasableMutexLock& operator=(const ReleasableMutexLock&) = delete;
  ~ReleasableMutexLock() ABSL_UNLOCK_FUNCTION() {
    if (mu_ != nullptr) mu_->unlock();
  }

  // Unlocks now. Once only: a second time ends the program.
  void Release() ABSL_UNLOCK_FUNCTION() ABSL_NO_THREAD_SAFETY_ANALYSIS;

 private:
  Mutex* mu_;
};

PARKWAY_ABSL_NAMESPACE_END

#endif  // PARKWAY_ABSL_MUTEX_LOCK_H_
