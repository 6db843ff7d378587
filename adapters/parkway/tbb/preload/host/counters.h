// SPDX-License-Identifier: Apache-2.0

// What PARKWAY_STATS=1 counts.
#ifndef PARKWAY_TBB_PRELOAD_HOST_COUNTERS_H_
#define PARKWAY_TBB_PRELOAD_HOST_COUNTERS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace parkway::preload {

// In the order of the labels in stats.cc.
enum Counter : std::size_t {
  kAddressWaits,
  kAddressParks,
  kAddressNotifies,
  kAddressWakes,
  kQueueWaits,
  kQueueParks,
  kQueueNotifies,
  kQueueWakes,
  kQueueAborts,
  kServers,
  kThreadsStarted,
  kThreadsRefused,
  kDemandsUp,
  kDemandsDown,
  kWorkerParks,
  kWorkerWakes,
  kYieldsSkipped,
  kYieldParks,
  kYieldTimeouts,
  kStacksServed,
  kStacksTakenBack,
  kStacksFallenBack,
  kContextSwitches,
  kSuspensionsEnded,
  kConditionWaits,
  kConditionYields,
  kConditionWakes,
  kCounters,
};

namespace internal {
extern std::atomic<bool> counting;
extern std::atomic<std::uint64_t> counters[kCounters];
}  // namespace internal

// Nothing without PARKWAY_STATS=1.
inline void count(Counter counter, std::uint64_t n = 1) noexcept {
  if (internal::counting.load(std::memory_order_relaxed)) {
    internal::counters[counter].fetch_add(n, std::memory_order_relaxed);
  }
}

}  // namespace parkway::preload

#endif  // PARKWAY_TBB_PRELOAD_HOST_COUNTERS_H_
