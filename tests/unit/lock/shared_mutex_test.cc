// SPDX-License-Identifier: Apache-2.0

#include <memory>
#include <vector>

#include "parkway/lock/queuing_rw_mutex.h"
#include "parkway/lock/rw_mutex.h"
#include "parkway/os/os.h"
#include "tests/suites/shared_mutex_suite.h"

namespace parkway::test {
namespace {

using Mutexes = testing::Types<RwMutex, QueuingRwMutex>;
INSTANTIATE_TYPED_TEST_SUITE_P(Core, SharedMutexSuite, Mutexes);

// Who waits for a condition that the writer has made true gets in beside the
// downgraded writer as a reader, and not before it has left as a writer.
TEST(RwMutexDowngrade, EvaluatesConditions) {
  for (const bool shared : {true, false}) {
    RwMutex mutex;
    bool ready = false;
    std::atomic<bool> in{false};
    const Predicate until = {
        [](const void* c) { return *static_cast<const bool*>(c); },
        [](const void* a, const void* b) { return a == b; }, &ready};
    Thread waiter([&] {
      shared ? mutex.lock_shared() : mutex.lock();
      mutex.await(until, os::kForever, shared);
      in = true;
      shared ? mutex.unlock_shared() : mutex.unlock();
    });
    waiter.WaitAsleep();
    mutex.lock();
    ready = true;
    mutex.downgrade();
    if (shared) {
      EXPECT_TRUE(Eventually([&] { return in.load(); }));
    } else {
      EXPECT_TRUE(waiter.WaitAsleep());
      EXPECT_FALSE(in);
    }
    mutex.unlock_shared();
    waiter.Join();
    EXPECT_TRUE(in);
  }
}

// Writers and readers get it as they came; readers side by side together.
TEST(QueuingRwMutex, IsFirstInFirstOut) {
  const std::vector<bool> shared = {false, true, true, false, true, false};
  for (int round = 0; round < 20; ++round) {
    QueuingRwMutex mutex;
    std::mutex guard;
    std::vector<std::size_t> order;
    mutex.lock();
    std::vector<std::unique_ptr<Thread>> all;
    for (std::size_t i = 0; i < shared.size(); ++i) {
      all.push_back(std::make_unique<Thread>([&, i] {
        shared[i] ? mutex.lock_shared() : mutex.lock();
        {
          const std::lock_guard<std::mutex> lock(guard);
          order.push_back(i);
        }
        shared[i] ? mutex.unlock_shared() : mutex.unlock();
      }));
      ASSERT_TRUE(all.back()->WaitAsleep());
    }
    // The queue is not empty: nobody barges.
    mutex.unlock();
    for (auto& thread : all) thread->Join();
    ASSERT_EQ(order.size(), shared.size());
    if (order[1] == 2) std::swap(order[1], order[2]);  // two readers at once
    for (std::size_t i = 0; i < order.size(); ++i) EXPECT_EQ(order[i], i);
  }
}

TEST(QueuingRwMutex, NobodyEntersPastAWaiter) {
  QueuingRwMutex mutex;
  mutex.lock_shared();
  Thread writer([&] {
    mutex.lock();
    mutex.unlock();
  });
  ASSERT_TRUE(writer.WaitAsleep());
  EXPECT_FALSE(mutex.try_lock_shared());
  EXPECT_FALSE(mutex.try_lock());
  mutex.unlock_shared();
  writer.Join();
  EXPECT_TRUE(mutex.try_lock_shared());
  mutex.unlock_shared();
}

}  // namespace
}  // namespace parkway::test
