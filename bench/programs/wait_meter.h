// SPDX-License-Identifier: Apache-2.0

// The longest time that any thread of this process waited for a lock.
//
// Costs nothing where there is no wait: the clock is read only after a try has
// failed. Stock and parkway pay the same.

#ifndef PARKWAY_BENCH_PROGRAMS_WAIT_METER_H_
#define PARKWAY_BENCH_PROGRAMS_WAIT_METER_H_

#include <atomic>
#include <cstdint>

#include "bench/engine/pinning.h"

namespace parkway_bench {

namespace internal {
inline std::atomic<std::int64_t> longest_wait_nanos{0};
}  // namespace internal

// Notes a wait of that length.
inline void RecordWait(std::int64_t nanos) {
  std::int64_t longest =
      internal::longest_wait_nanos.load(std::memory_order_relaxed);
  while (nanos > longest && !internal::longest_wait_nanos.compare_exchange_weak(
                                longest, nanos, std::memory_order_relaxed)) {
  }
}

inline std::int64_t LongestWaitNanos() {
  return internal::longest_wait_nanos.load(std::memory_order_relaxed);
}

// A scope that holds a mutex of oneTBB's concept and meters the waiting for it.
template <typename TbbMutex>
class MeteredScopedLock {
 public:
  explicit MeteredScopedLock(TbbMutex& mutex) {
    if (!lock_.try_acquire(mutex)) {
      const std::int64_t start = MonotonicNanos();
      lock_.acquire(mutex);
      RecordWait(MonotonicNanos() - start);
    }
  }
  MeteredScopedLock(const MeteredScopedLock&) = delete;
  MeteredScopedLock& operator=(const MeteredScopedLock&) = delete;

 private:
  typename TbbMutex::scoped_lock lock_;
};

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_PROGRAMS_WAIT_METER_H_
