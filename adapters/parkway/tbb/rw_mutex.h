// SPDX-License-Identifier: Apache-2.0

// parkway::tbb::rw_mutex: parkway's reader-writer lock with the interface of
// oneTBB's. See parkway/tbb/mutex.h.
#ifndef PARKWAY_TBB_RW_MUTEX_H_
#define PARKWAY_TBB_RW_MUTEX_H_

#include "parkway/tbb/shared_mutex.h"
#include "parkway/tbb/short_section_rw_mutex.h"

namespace parkway {
namespace tbb {

// One writer or any number of readers, 8 bytes. Not recursive, not fair; a
// waiting writer stops new readers. For the members see detail::shared_mutex.
class rw_mutex
    : public detail::shared_mutex<rw_mutex,
                                  detail::short_section_rw_mutex<false>> {
 public:
  static constexpr bool is_fair_mutex = false;

  using scoped_lock = detail::rw_scoped_lock<rw_mutex>;

  // Unlocked; constant initialisation without profiling tools.
  // Not defaulted: that would make an aggregate of it.
  PARKWAY_TBB_CONSTEXPR rw_mutex() noexcept {}

 private:
  friend profiled_mutex;
  static constexpr char kProfiledAs[] = "tbb::rw_mutex";
};

// The name that a profiler shows.
inline void set_name(rw_mutex& m, const char* name) {
  profiling::named(&m, name);
}

}  // namespace tbb
}  // namespace parkway

#endif  // PARKWAY_TBB_RW_MUTEX_H_
