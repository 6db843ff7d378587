// SPDX-License-Identifier: Apache-2.0

// parkway::RwMutex for sections as short as they are under oneTBB's mutexes.
#ifndef PARKWAY_TBB_SHORT_SECTION_RW_MUTEX_H_
#define PARKWAY_TBB_SHORT_SECTION_RW_MUTEX_H_

#include "parkway/base/spin.h"
#include "parkway/base/thread_annotations.h"
#include "parkway/lock/rw_mutex.h"

namespace parkway {
namespace tbb {
namespace detail {

// As RwMutex, but for how its waiters spin (RwMutex::kSpinPlan says why).
// kAcrossProcesses: for memory that processes share, see SpinPlan::looks_again.
template <bool kAcrossProcesses>
class short_section_rw_mutex : public RwMutex {
 public:
  void lock() PARKWAY_NO_THREAD_SAFETY_ANALYSIS { RwMutex::lock(plan()); }
  void lock_shared() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    RwMutex::lock_shared(plan());
  }

 private:
  static SpinPlan plan() {
    SpinPlan plan;
    plan.looks_again = kAcrossProcesses;
    return plan;
  }
};

}  // namespace detail
}  // namespace tbb
}  // namespace parkway

#endif  // PARKWAY_TBB_SHORT_SECTION_RW_MUTEX_H_
