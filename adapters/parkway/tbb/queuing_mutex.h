// SPDX-License-Identifier: Apache-2.0

// parkway::tbb::queuing_mutex: parkway's fair lock with the interface of
// oneTBB's.
//
// oneTBB's waiters spin until it is their turn. Where there are more threads
// than CPUs, the one whose turn it is waits for a CPU that the others burn;
// here they sleep.
#ifndef PARKWAY_TBB_QUEUING_MUTEX_H_
#define PARKWAY_TBB_QUEUING_MUTEX_H_

#include "parkway/base/thread_annotations.h"
#include "parkway/lock/queuing_mutex.h"
#include "parkway/tbb/profiling.h"
#include "parkway/tbb/scoped_lock.h"

namespace parkway {
namespace tbb {

// A lock that one thread holds at a time, in the order in which they came; 8
// bytes. Not recursive. Only a scoped_lock can hold it: that is the thread's
// place in the queue. Ordering, ownership and errors: as
// detail::profiled_mutex.
class queuing_mutex {
 public:
  static constexpr bool is_rw_mutex = false;
  static constexpr bool is_recursive_mutex = false;
  static constexpr bool is_fair_mutex = true;

  // Unlocked; constant initialisation without profiling tools.
  PARKWAY_TBB_CONSTEXPR queuing_mutex() noexcept {
    profiling::created(this, "tbb::queuing_mutex");
  }

  queuing_mutex(const queuing_mutex&) = delete;
  queuing_mutex& operator=(const queuing_mutex&) = delete;

  // As detail::unique_scoped_lock. It must not be moved in memory while it
  // holds or waits.
  class scoped_lock {
   public:
    constexpr scoped_lock() noexcept = default;
    scoped_lock(queuing_mutex& m) { acquire(m); }
    scoped_lock(const scoped_lock&) = delete;
    scoped_lock& operator=(const scoped_lock&) = delete;
    ~scoped_lock() {
      if (mutex_ != nullptr) release();
    }

    // Waits until all that came before have released `m`.
    void acquire(queuing_mutex& m) PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
      detail::check_lock(mutex_ != nullptr, this, detail::kAcquiresTwice);
      profiling::preparing(&m);
      // Stores before locked instructions, not between them: each waits for
      // those that came before.
      mutex_ = &m;
      m.impl_.lock(node_);
      profiling::acquired(&m);
    }

    // Takes `m` if nobody has it, and returns whether it did.
    bool try_acquire(queuing_mutex& m) PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
      detail::check_lock(mutex_ != nullptr, this, detail::kAcquiresTwice);
      if (!m.impl_.try_lock(node_)) return false;
      mutex_ = &m;
      profiling::acquired(&m);
      return true;
    }

    // Hands the mutex to the next.
    void release() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
      detail::check_lock(mutex_ == nullptr, this, detail::kHoldsNone);
      profiling::releasing(mutex_);
      mutex_->impl_.unlock(node_);
      mutex_ = nullptr;
    }

   private:
    queuing_mutex* mutex_ = nullptr;
    QueuingMutex::Node node_;
  };

 private:
  QueuingMutex impl_;
};

// The name that a profiler shows.
inline void set_name(queuing_mutex& m, const char* name) {
  profiling::named(&m, name);
}

}  // namespace tbb
}  // namespace parkway

#endif  // PARKWAY_TBB_QUEUING_MUTEX_H_
