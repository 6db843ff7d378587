// SPDX-License-Identifier: Apache-2.0

// What PARKWAY_STATS=1 counts and prints.
#ifndef PARKWAY_TBB_PRELOAD_HOST_STATS_H_
#define PARKWAY_TBB_PRELOAD_HOST_STATS_H_

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

// From now on count() counts. `host` is copied.
void start_counting(const char* host) noexcept;

// Nothing without PARKWAY_STATS=1.
inline void count(Counter counter, std::uint64_t n = 1) noexcept {
  if (internal::counting.load(std::memory_order_relaxed)) {
    internal::counters[counter].fetch_add(n, std::memory_order_relaxed);
  }
}

// As a table on standard error; `decided` is false if no libtbb ever called.
void print_stats(bool decided, unsigned layers) noexcept;

}  // namespace parkway::preload

#endif  // PARKWAY_TBB_PRELOAD_HOST_STATS_H_
