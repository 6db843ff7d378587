// SPDX-License-Identifier: Apache-2.0

// The scoped_locks of the mutexes that have no node: oneTBB's interface, and
// its sizes.
//
// Misuse ends a checked build (--//bazel:checks=on) with one line; in others
// it is what it is with oneTBB in release builds: undefined, or ignored.
#ifndef PARKWAY_TBB_SCOPED_LOCK_H_
#define PARKWAY_TBB_SCOPED_LOCK_H_

#include "parkway/base/checks.h"

namespace parkway {
namespace tbb {
namespace detail {

// `fault` is what was done, if `done`.
inline void check_lock([[maybe_unused]] bool done,
                       [[maybe_unused]] const void* lock,
                       [[maybe_unused]] const char* fault) {
  if constexpr (kChecks) {
    if (done) internal::fatal("scoped_lock", lock, fault);
  }
}

inline constexpr char kAcquiresTwice[] =
    "acquire by a scoped_lock that holds a mutex";
inline constexpr char kHoldsNone[] = "release without acquire";
inline constexpr char kUpgradesNone[] = "upgrade without acquire";
inline constexpr char kUpgradesWriter[] = "upgrade of a writer";
inline constexpr char kDowngradesNone[] = "downgrade without acquire";
inline constexpr char kDowngradesReader[] = "downgrade of a reader";

// Holds at most one mutex and gives it back when destroyed. It does not own the
// mutex object, which must outlive the holding of it. Used by one thread at a
// time. acquire() and a true try_acquire() are acquires, release() is a
// release.
template <class Mutex>
class unique_scoped_lock {
 public:
  // Holds nothing.
  constexpr unique_scoped_lock() noexcept = default;

  // Waits until it holds `m`. Implicit, as oneTBB's.
  unique_scoped_lock(Mutex& m) { acquire(m); }

  unique_scoped_lock(const unique_scoped_lock&) = delete;
  unique_scoped_lock& operator=(const unique_scoped_lock&) = delete;

  // Releases what is held, if anything.
  ~unique_scoped_lock() {
    if (mutex_ != nullptr) release();
  }

  // Waits until it holds `m`. It must hold nothing before.
  void acquire(Mutex& m) {
    check_lock(mutex_ != nullptr, this, kAcquiresTwice);
    // Stores before locked instructions, not between them: each waits for those
    // that came before.
    mutex_ = &m;
    m.lock();
  }

  // Takes `m` if that is possible at once, and returns whether it did. It must
  // hold nothing before; after false it still holds nothing.
  bool try_acquire(Mutex& m) {
    check_lock(mutex_ != nullptr, this, kAcquiresTwice);
    const bool taken = m.try_lock();
    if (taken) mutex_ = &m;
    return taken;
  }

  // Gives the mutex back before the end of the scope. It must hold one.
  void release() {
    check_lock(mutex_ == nullptr, this, kHoldsNone);
    mutex_->unlock();
    mutex_ = nullptr;
  }

 private:
  Mutex* mutex_ = nullptr;
};

// The same for a reader-writer mutex: `write` says as what.
template <class Mutex>
class rw_scoped_lock {
 public:
  // Holds nothing.
  constexpr rw_scoped_lock() noexcept = default;

  // Waits until it holds `m`. Implicit, as oneTBB's.
  rw_scoped_lock(Mutex& m, bool write = true) { acquire(m, write); }

  rw_scoped_lock(const rw_scoped_lock&) = delete;
  rw_scoped_lock& operator=(const rw_scoped_lock&) = delete;

  // Releases what is held, if anything.
  ~rw_scoped_lock() {
    if (mutex_ != nullptr) release();
  }

  // Waits until it holds `m`. It must hold nothing before.
  void acquire(Mutex& m, bool write = true) {
    check_lock(mutex_ != nullptr, this, kAcquiresTwice);
    // Before the locked instructions, as above.
    mutex_ = &m;
    is_writer_ = write;
    write ? m.lock() : m.lock_shared();
  }

  // Takes `m` if that is possible at once, and returns whether it did. It must
  // hold nothing before; after false it still holds nothing.
  bool try_acquire(Mutex& m, bool write = true) {
    check_lock(mutex_ != nullptr, this, kAcquiresTwice);
    const bool taken = write ? m.try_lock() : m.try_lock_shared();
    if (taken) {
      mutex_ = &m;
      is_writer_ = write;
    }
    return taken;
  }

  // Gives the mutex back before the end of the scope. It must hold one.
  void release() {
    check_lock(mutex_ == nullptr, this, kHoldsNone);
    is_writer_ ? mutex_->unlock() : mutex_->unlock_shared();
    mutex_ = nullptr;
  }

  // Makes the holder, a reader, the writer. True: nobody was the writer in
  // between, what was read still holds. False: others read as well; the mutex
  // was given back and, after a wait, acquired. A writer stays one: true.
  bool upgrade_to_writer() {
    check_lock(mutex_ == nullptr, this, kUpgradesNone);
    check_lock(is_writer_, this, kUpgradesWriter);
    if (is_writer_) return true;
    is_writer_ = true;
    return mutex_->upgrade();
  }

  // Makes the holder, the writer, a reader, at once and without letting go.
  // Always true. A reader stays one.
  bool downgrade_to_reader() {
    check_lock(mutex_ == nullptr, this, kDowngradesNone);
    check_lock(!is_writer_, this, kDowngradesReader);
    if (is_writer_) mutex_->downgrade();
    is_writer_ = false;
    return true;
  }

  // As what it holds its mutex. It must hold one.
  bool is_writer() const {
    check_lock(mutex_ == nullptr, this, "is_writer without acquire");
    return is_writer_;
  }

 private:
  Mutex* mutex_ = nullptr;
  bool is_writer_ = false;
};

}  // namespace detail
}  // namespace tbb
}  // namespace parkway

#endif  // PARKWAY_TBB_SCOPED_LOCK_H_
