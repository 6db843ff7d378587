// parkway::RwMutex for sections as short as they are under oneTBB's mutexes.
#ifndef PARKWAY_ADAPTERS_TBB_SHORT_SECTION_RW_MUTEX_H_
#define PARKWAY_ADAPTERS_TBB_SHORT_SECTION_RW_MUTEX_H_

#include "parkway/rw_mutex.h"
#include "parkway/spin.h"
#include "parkway/thread_annotations.h"

namespace parkway {
namespace tbb {
namespace detail {

// As RwMutex, but for how its waiters spin (RwMutex::kSpinPlan says why).
class short_section_rw_mutex : public RwMutex {
 public:
  void lock() PARKWAY_NO_THREAD_SAFETY_ANALYSIS { RwMutex::lock(SpinPlan{}); }
  void lock_shared() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    RwMutex::lock_shared(SpinPlan{});
  }
};

}  // namespace detail
}  // namespace tbb
}  // namespace parkway

#endif  // PARKWAY_ADAPTERS_TBB_SHORT_SECTION_RW_MUTEX_H_
