// SPDX-License-Identifier: Apache-2.0

// What parkway/os/semaphore.h promises, of the system that is linked.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <new>

#include "parkway/os/os.h"
#include "parkway/os/semaphore.h"
#include "parkway/wait/worker.h"
#include "tests/os/kernel.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

constexpr std::int64_t kMillisecond = 1000000;

// The records of threads are what the test says they are.
static_assert(os::kHasSemaphores);

class ThreadSemaphoreTest : public testing::Test {
 protected:
  ~ThreadSemaphoreTest() override { os::semaclose(&semaphore_); }
  os::ThreadSemaphore semaphore_;
};

TEST_F(ThreadSemaphoreTest, AWakeupBeforeTheSleepIsKept) {
  for (int i = 0; i < 20; ++i) {
    os::semawakeup(&semaphore_);
    EXPECT_TRUE(os::semasleep(&semaphore_, i % 2 == 0 ? os::kForever : 0));
    EXPECT_FALSE(os::semasleep(&semaphore_, 0));
  }
}

TEST_F(ThreadSemaphoreTest, ADeadlineInThePastOnlyLooks) {
  EXPECT_FALSE(os::semasleep(&semaphore_, 0));
  EXPECT_FALSE(os::semasleep(&semaphore_, -1));
  EXPECT_FALSE(os::semasleep(&semaphore_, INT64_MIN));
  EXPECT_FALSE(os::semasleep(&semaphore_, os::nanotime()));
}

TEST_F(ThreadSemaphoreTest, FalseIsNeverTooEarly) {
  Random random = Random::Stream(1);
  for (int i = 0; i < 200; ++i) {
    const std::int64_t deadline =
        os::nanotime() + static_cast<std::int64_t>(random.Below(kMillisecond));
    ASSERT_FALSE(os::semasleep(&semaphore_, deadline));
    ASSERT_GE(os::nanotime(), deadline);
  }
}

TEST_F(ThreadSemaphoreTest, AWakeupEndsEveryKindOfSleep) {
  for (const std::int64_t deadline :
       {os::kForever, os::kForever - 1,
        os::nanotime() + 24 * 3600000 * kMillisecond}) {
    std::atomic<bool> woken{false};
    Thread sleeper([&] { woken = os::semasleep(&semaphore_, deadline); });
    EXPECT_TRUE(kernel::AwaitAllSleepers(1));
    os::semawakeup(&semaphore_);
    sleeper.Join();
    EXPECT_TRUE(woken);
    EXPECT_FALSE(os::semasleep(&semaphore_, 0));
  }
}

// One sleep returns true for each wakeup, whatever faults and deadlines do.
TEST_F(ThreadSemaphoreTest, ATimeoutRacesAWakeup) {
  const int rounds = Rounds(500);
  std::atomic<int> round{0};
  Thread waker([&] {
    Random random = Random::Stream(2);
    for (int i = 0; i < rounds; ++i) {
      while (round.load(std::memory_order_acquire) <= i) {
        std::this_thread::yield();
      }
      Burn(random.Microseconds(60));
      os::semawakeup(&semaphore_);
    }
  });
  Random random = Random::Stream(3);
  for (int i = 0; i < rounds; ++i) {
    round.store(i + 1, std::memory_order_release);
    while (!os::semasleep(
        &semaphore_,
        os::nanotime() + static_cast<std::int64_t>(random.Below(60000)))) {
    }
  }
  waker.Join();
  EXPECT_FALSE(os::semasleep(&semaphore_, 0));
}

// Two threads in turn: a lost wakeup hangs, one too many shows in the data.
TEST_F(ThreadSemaphoreTest, PingPongPublishesData) {
  os::ThreadSemaphore other;
  long data = 0;
  const int rounds = Rounds(1000);
  {
    Thread player([&] {
      for (int i = 0; i < rounds; ++i) {
        ASSERT_TRUE(os::semasleep(&semaphore_, os::kForever));
        ASSERT_EQ(data, 2 * i + 1);
        ++data;
        os::semawakeup(&other);
      }
    });
    for (int i = 0; i < rounds; ++i) {
      ASSERT_EQ(data, 2 * i);
      ++data;
      os::semawakeup(&semaphore_);
      ASSERT_TRUE(os::semasleep(&other, os::kForever));
    }
  }
  os::semaclose(&other);
}

// Each sleeps on another one in each round: a wake that goes by thread, and is
// late, finds its thread asleep elsewhere.
TEST_F(ThreadSemaphoreTest, LateWakesDoNotEndAnotherSleep) {
  const int rounds = Rounds(300);
  std::atomic<os::ThreadSemaphore*> asleep{nullptr};
  std::atomic<int> wakeups{0};
  Thread waker([&] {
    for (int i = 0; i < rounds; ++i) {
      os::ThreadSemaphore* semaphore = nullptr;
      while ((semaphore = asleep.exchange(nullptr)) == nullptr) {
        std::this_thread::yield();
      }
      ++wakeups;
      os::semawakeup(semaphore);
    }
  });
  os::ThreadSemaphore both[2];
  for (int i = 0; i < rounds; ++i) {
    asleep = &both[i % 2];
    ASSERT_TRUE(os::semasleep(&both[i % 2], os::kForever));
    ASSERT_EQ(wakeups, i + 1);
    ASSERT_FALSE(os::semasleep(&both[1 - i % 2], os::nanotime() + 20000));
  }
  for (auto& semaphore : both) os::semaclose(&semaphore);
}

TEST_F(ThreadSemaphoreTest, ClosedItIsANewOne) {
  os::semawakeup(&semaphore_);
  EXPECT_TRUE(os::semasleep(&semaphore_, os::kForever));
  os::semaclose(&semaphore_);
  EXPECT_EQ(semaphore_.handle, 0u);
  EXPECT_FALSE(os::semasleep(&semaphore_, os::nanotime() + kMillisecond));
  os::semawakeup(&semaphore_);
  EXPECT_TRUE(os::semasleep(&semaphore_, os::kForever));
}

// The sleeper may take the memory with it.
TEST(ThreadSemaphore, MemoryMayGoAwayWhenTheSleepReturns) {
  Page page;
  Random random = Random::Stream(4);
  for (int i = 0; i < Rounds(100); ++i) {
    auto* const semaphore = new (page.memory()) os::ThreadSemaphore;
    const auto delay = random.Microseconds(40);
    {
      Thread waker([semaphore, delay] {
        Burn(delay);
        os::semawakeup(semaphore);
      });
      EXPECT_TRUE(os::semasleep(semaphore, os::kForever));
      os::semaclose(semaphore);
      page.Revoke();
    }
    page.Restore();
  }
}

}  // namespace
}  // namespace parkway::test
