// SPDX-License-Identifier: Apache-2.0

// What QueuingMutex promises, as a typed suite over the Platform policy.
#ifndef PARKWAY_TESTS_SUITES_QUEUING_MUTEX_SUITE_H_
#define PARKWAY_TESTS_SUITES_QUEUING_MUTEX_SUITE_H_

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <new>
#include <thread>
#include <vector>

#include "parkway/lock/queuing_mutex.h"
#include "tests/suites/support.h"

namespace parkway::test {

template <class P>
inline constexpr int kQueuingSections = Rounds(10000);

template <class P>
class QueuingMutexSuite : public testing::Test {
 protected:
  using Mutex = BasicQueuingMutex<P>;
  using Node = typename Mutex::Node;
};
TYPED_TEST_SUITE_P(QueuingMutexSuite);

TYPED_TEST_P(QueuingMutexSuite, LockTryLockUnlock) {
  typename TestFixture::Mutex mutex;
  typename TestFixture::Node node;
  typename TestFixture::Node other;
  for (int i = 0; i < 3; ++i) {
    mutex.lock(node);
    EXPECT_FALSE(mutex.try_lock(other));
    mutex.unlock(node);
    ASSERT_TRUE(mutex.try_lock(other));
    EXPECT_FALSE(mutex.try_lock(node));
    mutex.unlock(other);
  }
}

TYPED_TEST_P(QueuingMutexSuite, ExcludesOthers) {
  using Node = typename TestFixture::Node;
  constexpr int kThreads = 4;
  typename TestFixture::Mutex mutex;
  long counter = 0;
  long tried = 0;
  std::vector<std::unique_ptr<Thread>> all;
  for (int t = 0; t < kThreads; ++t) {
    all.push_back(std::make_unique<Thread>([&] {
      // On until a try has met the mutex free: one of a thread that is alone
      // does.
      constexpr int kUsual = kQueuingSections<TypeParam>;
      long seen = 0;
      for (int i = 0; i < kUsual || (seen == 0 && i < 9 * kUsual); ++i) {
        Node node;
        mutex.lock(node);
        if (i < kUsual) ++counter;
        seen = tried;
        mutex.unlock(node);
        // The same node again.
        if (mutex.try_lock(node)) {
          ++tried;
          mutex.unlock(node);
        }
      }
    }));
  }
  for (auto& thread : all) thread->Join();
  EXPECT_EQ(counter, static_cast<long>(kThreads) * kQueuingSections<TypeParam>);
  EXPECT_GT(tried, 0);
}

TYPED_TEST_P(QueuingMutexSuite, NodesAndMutexMayGoAwayAfterTheUnlock) {
  using Mutex = typename TestFixture::Mutex;
  using Node = typename TestFixture::Node;
  struct Objects {
    Mutex mutex;
    Node node;
  };
  for (int i = 0; i < Rounds(100); ++i) {
    Page last_page;
    Page first_page;
    auto* const last = new (last_page.memory()) Objects;
    auto* const first = new (first_page.memory()) Node;
    last->mutex.lock(*first);
    Thread thread([&] {
      last->mutex.lock(last->node);
      last->mutex.unlock(last->node);
      last_page.Revoke();
    });
    if (i % 2 == 0) thread.WaitAsleep();
    last->mutex.unlock(*first);
    first_page.Revoke();
    thread.Join();
  }
}

REGISTER_TYPED_TEST_SUITE_P(QueuingMutexSuite, LockTryLockUnlock,
                            ExcludesOthers,
                            NodesAndMutexMayGoAwayAfterTheUnlock);

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_SUITES_QUEUING_MUTEX_SUITE_H_
