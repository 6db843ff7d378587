// SPDX-License-Identifier: Apache-2.0

// What all mutexes of parkway::tbb but queuing_mutex have in common.
#ifndef PARKWAY_TBB_PROFILED_MUTEX_H_
#define PARKWAY_TBB_PROFILED_MUTEX_H_

#include "parkway/base/thread_annotations.h"
#include "parkway/tbb/profiling.h"

namespace parkway {
namespace tbb {
namespace detail {

// Every call is one call to Impl, one of parkway's locks, with notifications
// around it. Mutex: the class that derives from this, whose kProfiledAs the
// profiler shows.
//
// Ordering: unlock() happens before the lock() or the successful try_lock()
// that follows it. Ownership: no handle and no allocation per lock; it may be
// destroyed as soon as nobody holds it or waits for it, also while an unlock()
// that has released it is still returning. Errors: none is reported.
template <class Mutex, class Impl>
class profiled_mutex {
 public:
  profiled_mutex(const profiled_mutex&) = delete;
  profiled_mutex& operator=(const profiled_mutex&) = delete;

  // Waits, without limit, until the calling thread holds the mutex (of a
  // reader-writer mutex: is the writer).
  void lock() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    profiling::preparing(this);
    impl_.lock();
    profiling::acquired(this);
  }

  // Takes the mutex if that is possible at once. Returns whether the calling
  // thread holds it now.
  bool try_lock() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    const bool taken = impl_.try_lock();
    if (taken) profiling::acquired(this);
    return taken;
  }

  // Gives the mutex back. The calling thread must hold it; if nobody does, a
  // checked build ends the program.
  void unlock() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    profiling::releasing(this);
    impl_.unlock();
  }

 protected:
  PARKWAY_TBB_CONSTEXPR profiled_mutex() noexcept {
    profiling::created(this, Mutex::kProfiledAs);
  }
  ~profiled_mutex() = default;

  Impl impl_;
};

}  // namespace detail
}  // namespace tbb
}  // namespace parkway

#endif  // PARKWAY_TBB_PROFILED_MUTEX_H_
