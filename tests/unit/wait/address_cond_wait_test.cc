// SPDX-License-Identifier: Apache-2.0

#include "parkway/wait/address_cond_wait.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "parkway/mutex.h"
#include "tests/suites/address_cond_var.h"
#include "tests/suites/cond_var_suite.h"
#include "tests/suites/support.h"

namespace parkway::test {

template <>
inline constexpr bool kAsksClocksAgain<AddressCondVar<Platform>> = false;

namespace {

using CondVars =
    testing::Types<CondVarTypes<AddressCondVar<Platform>, FutexMutex>,
                   CondVarTypes<AddressCondVar<Platform>, std::mutex>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Core, CondVarSuite, CondVars);

// Waits of threads that are counted in, under one mutex.
class AddressCondWaitTest : public testing::Test {
 protected:
  // Runs wait(AddressCondWait&) between the release of the mutex and the next.
  template <class F>
  std::unique_ptr<Thread> Waiter(std::uintptr_t context, F wait) {
    const int before = Queued();
    auto thread = std::make_unique<Thread>([this, context, wait] {
      std::unique_lock<std::mutex> lock(mutex_);
      AddressCondWait waiter(this, context);
      ++queued_;
      lock.unlock();
      wait(waiter);
    });
    EXPECT_TRUE(Eventually([&] { return Queued() == before + 1; }));
    return thread;
  }
  int Queued() {
    std::lock_guard<std::mutex> guard(mutex_);
    return queued_;
  }

  std::mutex mutex_;
  int queued_ = 0;
};

// As when the thread is cancelled: the notify is not lost.
TEST_F(AddressCondWaitTest, ANotifyThatIsNotTakenGoesToTheNext) {
  std::atomic<int> notified{0};
  std::atomic<bool> leave{false};
  const auto never_sleeps = Waiter(0, [&](AddressCondWait&) {
    while (!leave) std::this_thread::yield();
  });
  const auto does_not_take = Waiter(0, [&](AddressCondWait& wait) {
    WaitPace pace;
    EXPECT_TRUE(wait.sleep(os::kForever, pace));
    ++notified;
  });
  const auto takes = Waiter(0, [&](AddressCondWait& wait) {
    WaitPace pace;
    EXPECT_TRUE(wait.sleep(os::kForever, pace));
    wait.take();
    ++notified;
  });
  const auto last = Waiter(0, [&](AddressCondWait& wait) {
    WaitPace pace;
    EXPECT_TRUE(wait.sleep(os::kForever, pace));
    wait.take();
    ++notified;
  });
  EXPECT_EQ(AddressCondWait::notify_one(this), 1u);
  leave = true;
  never_sleeps->Join();
  does_not_take->Join();
  takes->Join();
  EXPECT_EQ(notified, 2);
  // Nobody has notified the last one.
  EXPECT_EQ(AddressCondWait::notify_all(this), 1u);
  last->Join();
  EXPECT_EQ(notified, 3);
  EXPECT_EQ(AddressCondWait::notify_all(this), 0u);
}

TEST_F(AddressCondWaitTest, NotifiesSayHowManyTheyWoke) {
  EXPECT_EQ(AddressCondWait::notify_one(this), 0u);
  EXPECT_EQ(AddressCondWait::notify_all(this), 0u);
  const auto wait = [](AddressCondWait& waiter) {
    WaitPace pace;
    EXPECT_TRUE(waiter.sleep(os::kForever, pace));
    waiter.take();
  };
  std::vector<std::unique_ptr<Thread>> threads;
  for (int i = 0; i < 4; ++i) threads.push_back(Waiter(0, wait));
  EXPECT_EQ(AddressCondWait::notify_one(&queued_), 0u);
  EXPECT_EQ(AddressCondWait::notify_one(this), 1u);
  EXPECT_EQ(AddressCondWait::notify_all(this), 3u);
}

// Only a notify that came soon has the next wait yield.
TEST_F(AddressCondWaitTest, PaceGoesByTheWaits) {
  WaitPace pace;
  const auto times_out = Waiter(0, [&](AddressCondWait& wait) {
    EXPECT_FALSE(wait.sleep(os::nanotime() + 1000, pace));
    EXPECT_FALSE(pace.yields());
  });
  times_out->Join();
  // Notified before it sleeps: a short wait, unless it is preempted.
  ASSERT_TRUE(Eventually([&] {
    std::atomic<bool> go{false};
    const auto was_notified = Waiter(0, [&](AddressCondWait& wait) {
      while (!go) std::this_thread::yield();
      EXPECT_TRUE(wait.sleep(os::kForever, pace));
      wait.take();
    });
    EXPECT_EQ(AddressCondWait::notify_one(this), 1u);
    go = true;
    was_notified->Join();
    return pace.yields();
  }));
  const auto waits_long = Waiter(0, [&](AddressCondWait& wait) {
    EXPECT_TRUE(wait.sleep(os::kForever, pace));
    EXPECT_FALSE(pace.yields());
    wait.take();
  });
  // It has begun, and then it lasts.
  EXPECT_TRUE(waits_long->WaitAsleep());
  std::this_thread::sleep_for(std::chrono::nanoseconds(WaitPace::kQuickNs));
  EXPECT_EQ(AddressCondWait::notify_one(this), 1u);
}

// Wherever they wait, and nobody else.
TEST_F(AddressCondWaitTest, WakesAllWithAContext) {
  constexpr int kAddresses = 1000;
  std::vector<char> addresses(kAddresses);
  std::atomic<int> queued{0};
  std::atomic<int> woken{0};
  std::vector<std::unique_ptr<Thread>> threads;
  for (int i = 0; i < 8; ++i) {
    threads.push_back(std::make_unique<Thread>([&, i] {
      AddressCondWait wait(&addresses[static_cast<std::size_t>(i) * 125],
                           i % 2 == 0 ? 77 : 78);
      WaitPace pace;
      ++queued;
      EXPECT_TRUE(wait.sleep(os::kForever, pace));
      wait.take();
      ++woken;
    }));
  }
  ASSERT_TRUE(Eventually([&] { return queued == 8; }));
  EXPECT_EQ(wake_address_waiters(AddressKind::kHostCondition, 76), 0u);
  EXPECT_EQ(wake_address_waiters(AddressKind::kHostCondition, 77), 4u);
  ASSERT_TRUE(Eventually([&] { return woken == 4; }));
  for (std::size_t i = 1; i < threads.size(); i += 2) {
    EXPECT_TRUE(threads[i]->WaitAsleep());
  }
  EXPECT_EQ(woken, 4);
  EXPECT_EQ(wake_address_waiters(AddressKind::kHostCondition, 78), 4u);
  threads.clear();
  EXPECT_EQ(woken, 8);
}

}  // namespace
}  // namespace parkway::test
