// SPDX-License-Identifier: Apache-2.0

// A plug-in that works with oneTBB, whichever copy it is bound to.
#include <atomic>
#include <thread>

#include "oneapi/tbb/blocked_range.h"
#include "oneapi/tbb/concurrent_queue.h"
#include "oneapi/tbb/mutex.h"
#include "oneapi/tbb/parallel_for.h"
#include "oneapi/tbb/task.h"
#include "oneapi/tbb/task_arena.h"
#include "oneapi/tbb/task_group.h"

namespace {

constexpr int kItems = 1000;

// Each task's mutex is another one's turn now and then.
long sum_under_mutex() {
  tbb::mutex mutex;
  long sum = 0;
  tbb::parallel_for(tbb::blocked_range<int>(0, kItems, 1),
                    [&](const tbb::blocked_range<int>& range) {
                      const tbb::mutex::scoped_lock lock(mutex);
                      for (int i = range.begin(); i != range.end(); ++i) {
                        sum += i;
                      }
                    });
  return sum;
}

long sum_through_queue() {
  tbb::concurrent_bounded_queue<int> queue;
  queue.set_capacity(2);
  long sum = 0;
  std::thread consumer([&] {
    for (int i = 0; i < kItems; ++i) {
      int item = 0;
      queue.pop(item);
      sum += item;
    }
  });
  for (int i = 0; i < kItems; ++i) queue.push(i);
  consumer.join();
  return sum;
}

long sum_of_suspended() {
  std::atomic<long> sum{0};
  tbb::task_arena arena(2);
  arena.execute([&] {
    tbb::task_group group;
    for (int i = 0; i < 100; ++i) {
      group.run([&sum, i] {
        std::thread other;
        tbb::task::suspend([&other](tbb::task::suspend_point point) {
          other = std::thread([point] { tbb::task::resume(point); });
        });
        other.join();
        sum += i;
      });
    }
    group.wait();
  });
  return sum;
}

}  // namespace

// 0 if all is well.
extern "C" int parkway_test_work() {
  constexpr long kSum = kItems * (kItems - 1L) / 2;
  if (sum_under_mutex() != kSum) return 1;
  if (sum_through_queue() != kSum) return 2;
  return sum_of_suspended() == 4950 ? 0 : 3;
}
