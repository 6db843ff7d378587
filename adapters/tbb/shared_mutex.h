// What parkway's reader-writer mutexes with oneTBB's interface have in common.
#ifndef PARKWAY_ADAPTERS_TBB_SHARED_MUTEX_H_
#define PARKWAY_ADAPTERS_TBB_SHARED_MUTEX_H_

#include "parkway/tbb/profiling.h"
#include "parkway/tbb/scoped_lock.h"
#include "parkway/thread_annotations.h"

namespace parkway {
namespace tbb {
namespace detail {

// Calls to Impl, one of parkway's reader-writer locks, with notifications
// around them. Mutex: the class that derives from this, whose kProfiledAs the
// profiler shows.
//
// Ordering: unlock(), unlock_shared() and downgrade() are releases, all that
// take the mutex are acquires. Ownership and errors: as exclusive_mutex.
template <class Mutex, class Impl>
class shared_mutex {
 public:
  // What oneTBB's algorithms ask of a mutex type.
  static constexpr bool is_rw_mutex = true;
  static constexpr bool is_recursive_mutex = false;

  shared_mutex(const shared_mutex&) = delete;
  shared_mutex& operator=(const shared_mutex&) = delete;

  // Waits, without limit, until the calling thread is the writer.
  void lock() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    profiling::preparing(this);
    impl_.lock();
    profiling::acquired(this);
  }

  // Takes the mutex if that is possible at once. Returns whether the calling
  // thread is the writer now.
  bool try_lock() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    const bool taken = impl_.try_lock();
    if (taken) profiling::acquired(this);
    return taken;
  }

  // Ends the writer's hold, which the calling thread must have.
  void unlock() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    profiling::releasing(this);
    impl_.unlock();
  }

  // Waits, without limit, until the calling thread is a reader.
  void lock_shared() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    profiling::preparing(this);
    impl_.lock_shared();
    profiling::acquired(this);
  }

  // The same if it is possible at once: not while a writer waits.
  bool try_lock_shared() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    const bool taken = impl_.try_lock_shared();
    if (taken) profiling::acquired(this);
    return taken;
  }

  // Ends a reader's hold, which the calling thread must have.
  void unlock_shared() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    profiling::releasing(this);
    impl_.unlock_shared();
  }

 protected:
  PARKWAY_TBB_CONSTEXPR shared_mutex() noexcept {
    profiling::created(this, Mutex::kProfiledAs);
  }
  ~shared_mutex() = default;

 private:
  friend class rw_scoped_lock<Mutex>;

  // See rw_scoped_lock. oneTBB's waits for the other readers where it may; this
  // one gives way to them.
  bool upgrade() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    if (impl_.try_upgrade()) return true;
    unlock_shared();
    lock();
    return false;
  }
  void downgrade() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    profiling::releasing(this);
    impl_.downgrade();
  }

  Impl impl_;
};

}  // namespace detail
}  // namespace tbb
}  // namespace parkway

#endif  // PARKWAY_ADAPTERS_TBB_SHARED_MUTEX_H_
