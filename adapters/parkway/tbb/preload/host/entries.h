// SPDX-License-Identifier: Apache-2.0

// The functions of libtbb that this library defines as well, and what they are
// without it.
#ifndef PARKWAY_TBB_PRELOAD_HOST_ENTRIES_H_
#define PARKWAY_TBB_PRELOAD_HOST_ENTRIES_H_

#include <cstddef>

namespace parkway::preload {

// In the order of entry_symbols.
enum Entry : std::size_t {
  kWaitOnAddress,
  kNotifyByAddress,
  kNotifyByAddressOne,
  kNotifyByAddressAll,
  kAllocateBoundedQueueRep,
  kDeallocateBoundedQueueRep,
  kWaitBoundedQueueMonitor,
  kNotifyBoundedQueueMonitor,
  kAbortBoundedQueueMonitors,
  kFinalize,
  kSuspend,
  kResume,
  // Not taken over: libtbb's own functions that we call.
  kCacheAlignedAllocate,
  kCacheAlignedDeallocate,
  kCurrentSuspendPoint,
  kEntries,
};

inline constexpr const char* entry_symbols[kEntries] = {
    "_ZN3tbb6detail2r115wait_on_addressEPvRNS0_2d113delegate_baseEm",
    "_ZN3tbb6detail2r117notify_by_addressEPvm",
    "_ZN3tbb6detail2r121notify_by_address_oneEPv",
    "_ZN3tbb6detail2r121notify_by_address_allEPv",
    "_ZN3tbb6detail2r126allocate_bounded_queue_repEm",
    "_ZN3tbb6detail2r128deallocate_bounded_queue_repEPhm",
    "_ZN3tbb6detail2r126wait_bounded_queue_monitorEPNS1_18concurrent_"
    "monitorEmlRNS0_2d113delegate_baseE",
    "_ZN3tbb6detail2r128notify_bounded_queue_monitorEPNS1_18concurrent_"
    "monitorEmm",
    "_ZN3tbb6detail2r128abort_bounded_queue_monitorsEPNS1_18concurrent_"
    "monitorE",
    "_ZN3tbb6detail2r18finalizeERNS0_2d121task_scheduler_handleEl",
    "_ZN3tbb6detail2r17suspendEPFvPvPNS1_18suspend_point_typeEES2_",
    "_ZN3tbb6detail2r16resumeEPNS1_18suspend_point_typeE",
    "_ZN3tbb6detail2r122cache_aligned_allocateEm",
    "_ZN3tbb6detail2r124cache_aligned_deallocateEPv",
    "_ZN3tbb6detail2r121current_suspend_pointEv",
};

}  // namespace parkway::preload

#endif  // PARKWAY_TBB_PRELOAD_HOST_ENTRIES_H_
