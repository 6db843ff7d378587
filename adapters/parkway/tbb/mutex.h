// SPDX-License-Identifier: Apache-2.0

// parkway::tbb::mutex: parkway's lock with the interface of oneTBB's mutexes.
//
// Origin: the interface is oneTBB's mutex concept ([req.named] "Mutex" of the
// oneTBB specification: scoped_lock, three traits, and lock / try_lock / unlock
// for the std guards).
//
// A waiter blocks its thread, as tbb::mutex does; parkway/tbb/task/task_mutex.h
// suspends the task instead.
#ifndef PARKWAY_TBB_MUTEX_H_
#define PARKWAY_TBB_MUTEX_H_

#include "parkway/tbb/exclusive_mutex.h"

namespace parkway {
namespace tbb {

// A lock that one thread holds at a time, one byte. Not recursive: locking it
// twice in one thread blocks for ever. Not fair: a thread that arrives may
// overtake one that waits, until that has waited for a millisecond (see
// parkway/lock/futex_mutex.h). For the members see detail::exclusive_mutex.
class mutex : public detail::exclusive_mutex<mutex> {
 public:
  // Unlocked. Without profiling tools this is constant initialisation: usable
  // from the constructors of other globals.
  // Not defaulted: that would make an aggregate of it.
  PARKWAY_TBB_CONSTEXPR mutex() noexcept {}

 private:
  friend profiled_mutex;
  static constexpr char kProfiledAs[] = "tbb::mutex";
};

// The name that a profiler shows for this one. No effect without profiling
// tools.
inline void set_name(mutex& m, const char* name) { profiling::named(&m, name); }

}  // namespace tbb
}  // namespace parkway

#endif  // PARKWAY_TBB_MUTEX_H_
