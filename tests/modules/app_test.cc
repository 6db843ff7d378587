// SPDX-License-Identifier: Apache-2.0

// The program and another module share one Abseil and one oneTBB, both with
// parkway's locks.

#include <cstdio>

#include "absl/synchronization/mutex.h"
#include "counter.h"
#include "oneapi/tbb/parallel_for.h"

#if !defined(PARKWAY_IS_ABSL) || !defined(PARKWAY_IS_TBB)
#error "one of the modules is not overlaid"
#endif

int main() {
  constexpr int kRounds = 10000;
  counter::Counter counter;
  absl::Mutex mutex;
  int own = 0;
  tbb::parallel_for(0, kRounds, [&](int) {
    counter.Add(mutex);
    mutex.lock();
    ++own;
    mutex.unlock();
  });
  if (counter.count() == kRounds && own == kRounds) return 0;
  std::fprintf(stderr, "%d and %d of %d\n", counter.count(), own, kRounds);
  return 1;
}
