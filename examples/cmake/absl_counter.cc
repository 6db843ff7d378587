// SPDX-License-Identifier: Apache-2.0

// The same with Abseil's interface.
#include <cstdio>
#include <thread>
#include <vector>

#include "parkway/absl/mutex.h"

int main() {
  constexpr int kThreads = 4, kTurns = 1000;
  parkway::absl::Mutex mutex;
  long count = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int turn = 0; turn < kTurns; ++turn) {
        const parkway::absl::MutexLock lock(mutex);
        ++count;
      }
    });
  }
  {
    const auto all = [&] { return count == kThreads * kTurns; };
    const parkway::absl::MutexLock lock(mutex, parkway::absl::Condition(&all));
    std::printf("counted to %ld\n", count);
  }
  for (std::thread& thread : threads) thread.join();
}
