// SPDX-License-Identifier: Apache-2.0

// parkway::tbb::spin_rw_mutex: parkway::tbb::rw_mutex under the other name. Its
// waiters spin for a few microseconds, then they sleep. Programs put oneTBB's
// into memory that processes share; so may they this one: a waiter looks again
// from time to time, up to 128 ms after another process's release.
#ifndef PARKWAY_TBB_SPIN_RW_MUTEX_H_
#define PARKWAY_TBB_SPIN_RW_MUTEX_H_

#include "parkway/tbb/shared_mutex.h"
#include "parkway/tbb/short_section_rw_mutex.h"

namespace parkway {
namespace tbb {

// As rw_mutex. concurrent_hash_map's and flow graph's own.
class spin_rw_mutex
    : public detail::shared_mutex<spin_rw_mutex,
                                  detail::short_section_rw_mutex<true>> {
 public:
  static constexpr bool is_fair_mutex = false;

  using scoped_lock = detail::rw_scoped_lock<spin_rw_mutex>;

  // Unlocked; constant initialisation without profiling tools.
  // Not defaulted: that would make an aggregate of it.
  PARKWAY_TBB_CONSTEXPR spin_rw_mutex() noexcept {}

 private:
  friend profiled_mutex;
  static constexpr char kProfiledAs[] = "tbb::spin_rw_mutex";
};

// The name that a profiler shows.
inline void set_name(spin_rw_mutex& m, const char* name) {
  profiling::named(&m, name);
}

}  // namespace tbb
}  // namespace parkway

#endif  // PARKWAY_TBB_SPIN_RW_MUTEX_H_
