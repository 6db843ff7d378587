// SPDX-License-Identifier: Apache-2.0

// parkway::tbb::queuing_rw_mutex: parkway's fair reader-writer lock with the
// interface of oneTBB's. Waiters sleep, see parkway/tbb/queuing_mutex.h.
#ifndef PARKWAY_TBB_QUEUING_RW_MUTEX_H_
#define PARKWAY_TBB_QUEUING_RW_MUTEX_H_

#include "parkway/lock/queuing_rw_mutex.h"
#include "parkway/tbb/shared_mutex.h"

namespace parkway {
namespace tbb {

// One writer or any number of readers, in the order in which they came; readers
// that stand side by side come in together. 8 bytes. Not recursive, not even
// for readers. Only a scoped_lock can hold it, as with oneTBB's.
class queuing_rw_mutex
    : private detail::shared_mutex<queuing_rw_mutex, QueuingRwMutex> {
 public:
  using shared_mutex::is_recursive_mutex;
  using shared_mutex::is_rw_mutex;
  static constexpr bool is_fair_mutex = true;

  // Unlocked; constant initialisation without profiling tools.
  // Not defaulted: that would make an aggregate of it.
  PARKWAY_TBB_CONSTEXPR queuing_rw_mutex() noexcept {}

  // See detail::rw_scoped_lock. As large as oneTBB's, which is a place in a
  // queue.
  class scoped_lock : public detail::rw_scoped_lock<queuing_rw_mutex> {
   public:
    using rw_scoped_lock::rw_scoped_lock;

   private:
    [[maybe_unused]] void* unused_[2] = {};
  };

 private:
  friend profiled_mutex;
  friend detail::rw_scoped_lock<queuing_rw_mutex>;
  static constexpr char kProfiledAs[] = "tbb::queuing_rw_mutex";
};

// The name that a profiler shows.
inline void set_name(queuing_rw_mutex& m, const char* name) {
  profiling::named(&m, name);
}

}  // namespace tbb
}  // namespace parkway

#endif  // PARKWAY_TBB_QUEUING_RW_MUTEX_H_
