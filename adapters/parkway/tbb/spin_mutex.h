// SPDX-License-Identifier: Apache-2.0

// parkway::tbb::spin_mutex: see parkway/tbb/mutex.h.
//
// oneTBB's spin_mutex never sleeps: with more threads than CPUs its waiters
// burn the time slice of the one that holds it. This one spins for a few
// microseconds, in which a short section ends, then yields, then sleeps. It is
// parkway::tbb::mutex under the other name; a release costs as little as
// spin_mutex's: one plain store.
//
// Programs put oneTBB's into memory that processes share; so may they this one.
// A waiter that sleeps looks again from time to time, up to 128 ms after
// another process's release; within a process it is woken.
#ifndef PARKWAY_TBB_SPIN_MUTEX_H_
#define PARKWAY_TBB_SPIN_MUTEX_H_

#include "parkway/tbb/exclusive_mutex.h"

namespace parkway {
namespace tbb {

// As mutex.
class spin_mutex : public detail::exclusive_mutex<spin_mutex, SharedByteMutex> {
 public:
  // Unlocked; constant initialisation without profiling tools.
  // Not defaulted: that would make an aggregate of it.
  PARKWAY_TBB_CONSTEXPR spin_mutex() noexcept {}

 private:
  friend profiled_mutex;
  static constexpr char kProfiledAs[] = "tbb::spin_mutex";
};

// The name that a profiler shows.
inline void set_name(spin_mutex& m, const char* name) {
  profiling::named(&m, name);
}

}  // namespace tbb
}  // namespace parkway

#endif  // PARKWAY_TBB_SPIN_MUTEX_H_
