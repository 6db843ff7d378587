// SPDX-License-Identifier: Apache-2.0

// Both hosts, overlaid, and parkway's own types in one program.

#include <cstdio>
#include <mutex>

#include "absl/synchronization/mutex.h"
#include "oneapi/tbb/parallel_for.h"
#include "oneapi/tbb/rw_mutex.h"
#include "parkway/lock/futex_mutex.h"

#if !defined(PARKWAY_IS_ABSL) || !defined(PARKWAY_IS_TBB)
#error "one of the hosts is not overlaid"
#endif

int main() {
  constexpr int kRounds = 10000;
  absl::Mutex by_absl;
  tbb::rw_mutex by_tbb;
  parkway::FutexMutex by_parkway;
  int counts[3] = {};
  tbb::parallel_for(0, kRounds, [&](int) {
    {
      absl::MutexLock lock(&by_absl);
      ++counts[0];
    }
    {
      const tbb::rw_mutex::scoped_lock lock(by_tbb, /*write=*/true);
      ++counts[1];
    }
    const std::lock_guard<parkway::FutexMutex> lock(by_parkway);
    ++counts[2];
  });
  for (const int count : counts) {
    if (count != kRounds) {
      std::fprintf(stderr, "%d sections of %d\n", count, kRounds);
      return 1;
    }
  }
  return 0;
}
