// SPDX-License-Identifier: Apache-2.0

#include "queue/bounded_queue.h"

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace example {
namespace {

TEST(BoundedQueue, EveryItemArrivesOnce) {
  constexpr int kPerProducer = 5000;
  BoundedQueue<int> queue(4);
  std::atomic<long> sum{0};
  std::vector<std::thread> producers, consumers;
  for (int i = 0; i < 3; ++i) {
    consumers.emplace_back([&] {
      while (const std::optional<int> item = queue.Pop()) sum += *item;
    });
    producers.emplace_back([&] {
      for (int n = 1; n <= kPerProducer; ++n) EXPECT_TRUE(queue.Push(n));
    });
  }
  for (std::thread& t : producers) t.join();
  queue.Close();
  for (std::thread& t : consumers) t.join();
  EXPECT_EQ(sum, 3L * kPerProducer * (kPerProducer + 1) / 2);
}

TEST(BoundedQueue, GivesUpWhenThereIsNoRoom) {
  BoundedQueue<int> queue(1);
  EXPECT_TRUE(queue.Push(1));
  const absl::Time start = absl::Now();
  EXPECT_FALSE(queue.PushWithin(2, absl::Milliseconds(50)));
  EXPECT_GE(absl::Now() - start, absl::Milliseconds(49));
}

TEST(BoundedQueue, CloseEndsTheWaiting) {
  BoundedQueue<int> queue(1);
  std::thread waiter([&] { EXPECT_FALSE(queue.Pop().has_value()); });
  absl::SleepFor(absl::Milliseconds(20));
  queue.Close();
  waiter.join();
  EXPECT_FALSE(queue.Push(1));
}

}  // namespace
}  // namespace example
