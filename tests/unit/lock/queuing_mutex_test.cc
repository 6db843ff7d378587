// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "tests/suites/queuing_mutex_suite.h"

namespace parkway::test {
namespace {

using Platforms = testing::Types<Platform>;
INSTANTIATE_TYPED_TEST_SUITE_P(Core, QueuingMutexSuite, Platforms);

// All that there is in the mutex. Whoever queues changes it.
std::uintptr_t Tail(const QueuingMutex& mutex) {
  using Word = std::atomic<std::uintptr_t>;
  static_assert(sizeof(mutex) == sizeof(Word));
  return reinterpret_cast<const Word&>(mutex).load();
}

TEST(QueuingMutex, IsFirstInFirstOut) {
  constexpr int kThreads = 6;
  for (int round = 0; round < 20; ++round) {
    QueuingMutex mutex;
    QueuingMutex::Node first;
    std::vector<int> order;
    mutex.lock(first);
    std::vector<std::unique_ptr<Thread>> all;
    for (int i = 0; i < kThreads; ++i) {
      const std::uintptr_t before = Tail(mutex);
      all.push_back(std::make_unique<Thread>([&, i] {
        QueuingMutex::Node node;
        mutex.lock(node);
        order.push_back(i);
        mutex.unlock(node);
      }));
      ASSERT_TRUE(Eventually([&] { return Tail(mutex) != before; }));
      // And so they do sleep.
      ASSERT_TRUE(all.back()->WaitAsleep());
    }
    mutex.unlock(first);
    for (auto& thread : all) thread->Join();
    ASSERT_EQ(order.size(), all.size());
    for (int i = 0; i < kThreads; ++i) EXPECT_EQ(order[i], i);
  }
}

// A thread that unlocks and locks again comes after those that wait.
TEST(QueuingMutex, NobodyBarges) {
  constexpr int kTurns = 50;
  QueuingMutex mutex;
  int turns[2] = {0, 0};
  std::atomic<bool> ready{false};
  const auto play = [&](int me, Thread* other) {
    while (!ready) std::this_thread::yield();
    for (int i = 0; i < kTurns; ++i) {
      QueuingMutex::Node node;
      mutex.lock(node);
      ++turns[me];
      if (other != nullptr && turns[1 - me] < kTurns) other->WaitAsleep();
      mutex.unlock(node);
    }
  };
  Thread second([&] { play(1, nullptr); });
  Thread first([&] { play(0, &second); });
  ready = true;
  first.Join();
  // While the other slept in the queue, it got every second turn.
  QueuingMutex::Node node;
  mutex.lock(node);
  EXPECT_GE(turns[1], kTurns / 2);
  mutex.unlock(node);
  second.Join();
}

}  // namespace
}  // namespace parkway::test
