// SPDX-License-Identifier: Apache-2.0

// The same with oneTBB's interface, in its tasks.
#include <cstdio>

#include "oneapi/tbb/blocked_range.h"
#include "oneapi/tbb/parallel_for.h"
#include "parkway/tbb/mutex.h"

int main() {
  constexpr int kTurns = 4000;
  parkway::tbb::mutex mutex;
  long count = 0;
  tbb::parallel_for(tbb::blocked_range<int>(0, kTurns),
                    [&](const tbb::blocked_range<int>& range) {
                      for (int i = range.begin(); i != range.end(); ++i) {
                        const parkway::tbb::mutex::scoped_lock lock(mutex);
                        ++count;
                      }
                    });
  std::printf("counted to %ld\n", count);
}
