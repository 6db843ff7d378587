// SPDX-License-Identifier: Apache-2.0

// What parkway's reader-writer mutexes with oneTBB's interface have in common.
#ifndef PARKWAY_TBB_SHARED_MUTEX_H_
#define PARKWAY_TBB_SHARED_MUTEX_H_

#include "parkway/base/thread_annotations.h"
#include "parkway/tbb/profiled_mutex.h"
#include "parkway/tbb/profiling.h"
#include "parkway/tbb/scoped_lock.h"

namespace parkway {
namespace tbb {
namespace detail {

// A profiled_mutex that readers share. unlock_shared() and downgrade() are
// releases, lock_shared() and a successful try_lock_shared() are acquires.
template <class Mutex, class Impl>
class shared_mutex : public profiled_mutex<Mutex, Impl> {
 public:
  // What oneTBB's algorithms ask of a mutex type.
  static constexpr bool is_rw_mutex = true;
  static constexpr bool is_recursive_mutex = false;

  // Waits, without limit, until the calling thread is a reader.
  void lock_shared() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    profiling::preparing(this);
    this->impl_.lock_shared();
    profiling::acquired(this);
  }

  // The same if it is possible at once: not while a writer waits.
  bool try_lock_shared() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    const bool taken = this->impl_.try_lock_shared();
    if (taken) profiling::acquired(this);
    return taken;
  }

  // Ends a reader's hold, which the calling thread must have.
  void unlock_shared() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    profiling::releasing(this);
    this->impl_.unlock_shared();
  }

 protected:
  PARKWAY_TBB_CONSTEXPR shared_mutex() noexcept = default;
  ~shared_mutex() = default;

 private:
  friend class rw_scoped_lock<Mutex>;

  // See rw_scoped_lock. oneTBB's waits for the other readers where it may; this
  // one gives way to them.
  bool upgrade() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    if (this->impl_.try_upgrade()) return true;
    unlock_shared();
    this->lock();
    return false;
  }
  void downgrade() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    profiling::releasing(this);
    this->impl_.downgrade();
  }
};

}  // namespace detail
}  // namespace tbb
}  // namespace parkway

#endif  // PARKWAY_TBB_SHARED_MUTEX_H_
