// SPDX-License-Identifier: Apache-2.0

// What parkway::tbb::mutex and spin_mutex have in common.
#ifndef PARKWAY_TBB_EXCLUSIVE_MUTEX_H_
#define PARKWAY_TBB_EXCLUSIVE_MUTEX_H_

#include "parkway/lock/byte_mutex.h"
#include "parkway/tbb/profiled_mutex.h"
#include "parkway/tbb/scoped_lock.h"

namespace parkway {
namespace tbb {
namespace detail {

// oneTBB's mutex concept over parkway::ByteMutex, or SharedByteMutex. For the
// members see profiled_mutex.
template <class Mutex, class Impl = ByteMutex>
class exclusive_mutex : public profiled_mutex<Mutex, Impl> {
 public:
  // What oneTBB's algorithms ask of a mutex type.
  static constexpr bool is_rw_mutex = false;
  static constexpr bool is_recursive_mutex = false;
  static constexpr bool is_fair_mutex = false;

  using scoped_lock = unique_scoped_lock<Mutex>;

 protected:
  PARKWAY_TBB_CONSTEXPR exclusive_mutex() noexcept = default;
  ~exclusive_mutex() = default;
};

}  // namespace detail
}  // namespace tbb
}  // namespace parkway

#endif  // PARKWAY_TBB_EXCLUSIVE_MUTEX_H_
