// SPDX-License-Identifier: Apache-2.0

#include "parkway/lock/rw_mutex.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

#include "tests/suites/handoff.h"
#include "tests/suites/rw_mutex_suite.h"
#include "tests/suites/rw_mutex_time_suite.h"

namespace parkway::test {
namespace {

INSTANTIATE_TYPED_TEST_SUITE_P(Production, RwMutexSuite, Platform);
INSTANTIATE_TYPED_TEST_SUITE_P(Production, RwMutexTimeSuite, Platform);

constexpr std::chrono::hours kLong(1);

using HandoffMutex = BasicRwMutex<HandoffPlatform>;

TEST(RwMutexHandoff, ToAStarvingWriter) {
  ExpectHandoff<HandoffMutex>([](HandoffMutex& mutex, const auto& served) {
    mutex.lock();
    served();
    mutex.unlock();
  });
}

TEST(RwMutexHandoff, ToAStarvingReader) {
  ExpectHandoff<HandoffMutex>([](HandoffMutex& mutex, const auto& served) {
    mutex.lock_shared();
    served();
    mutex.unlock_shared();
  });
}

TEST(RwMutexHandoff, ToAStarvingWriterWithADeadline) {
  ExpectHandoff<HandoffMutex>([](HandoffMutex& mutex, const auto& served) {
    ASSERT_TRUE(mutex.try_lock_for(kLong));
    served();
    mutex.unlock();
  });
}

TEST(RwMutexHandoff, ToAStarvingReaderWithADeadline) {
  ExpectHandoff<HandoffMutex>([](HandoffMutex& mutex, const auto& served) {
    ASSERT_TRUE(mutex.try_lock_shared_for(kLong));
    served();
    mutex.unlock_shared();
  });
}

// A reader has been woken and is late. Behind it a writer gives up, for whose
// sake one more reader waits: who shall let that one in?
void ExpectALateReaderToLetOthersIn(bool downgrades) {
  HandoffMutex mutex;
  std::atomic<int> in{0};
  std::atomic<bool> done{false};
  const auto read = [&] {
    mutex.lock_shared();
    ++in;
    while (!done) std::this_thread::yield();
    mutex.unlock_shared();
  };
  mutex.lock();
  Thread first(read);
  EXPECT_TRUE(first.WaitAsleep());
  // Should its time be up too soon, nothing is seen, and nothing is wrong.
  Thread writer([&] {
    if (mutex.try_lock_for(std::chrono::milliseconds(300))) mutex.unlock();
  });
  writer.WaitAsleep();
  std::unique_ptr<Thread> second;
  {
    const LateWakes late;
    mutex.unlock();
    second = std::make_unique<Thread>(read);
    second->WaitAsleep();
    writer.Join();
    downgrades = downgrades && mutex.try_lock();
    if (downgrades) mutex.downgrade();
  }
  EXPECT_TRUE(Eventually([&] { return in == 2; }));
  done = true;
  if (downgrades) mutex.unlock_shared();
}

TEST(RwMutexLateReader, LetsInWhoWaitedBehindAWriterThatGaveUp) {
  ExpectALateReaderToLetOthersIn(false);
}

TEST(RwMutexLateReader, LetsInWhoADowngradeDidNot) {
  ExpectALateReaderToLetOthersIn(true);
}

}  // namespace
}  // namespace parkway::test
