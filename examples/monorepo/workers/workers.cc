// SPDX-License-Identifier: Apache-2.0

#include "workers/workers.h"

#include <memory>
#include <thread>
#include <vector>

#include "absl/synchronization/barrier.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"

namespace example {

void InParallel(int count, const std::function<void(int index)>& work) {
  absl::BlockingCounter ready(count), done(count);
  absl::Notification start;
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      ready.DecrementCount();
      start.WaitForNotification();
      work(i);
      done.DecrementCount();
    });
  }
  ready.Wait();
  start.Notify();
  done.Wait();
  for (std::thread& t : threads) t.join();
}

void InRounds(int count, int rounds,
              const std::function<void(int index, int round)>& work) {
  std::vector<std::unique_ptr<absl::Barrier>> ends;
  for (int r = 0; r < rounds; ++r) {
    ends.push_back(std::make_unique<absl::Barrier>(count));
  }
  InParallel(count, [&](int index) {
    for (int r = 0; r < rounds; ++r) {
      work(index, r);
      // Only one of them is told to delete the barrier.
      if (ends[r]->Block()) ends[r].reset();
    }
  });
}

}  // namespace example
