// SPDX-License-Identifier: Apache-2.0

#include "parkway/wait/address_wait.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include "parkway/lock/byte_mutex.h"
#include "parkway/os/os.h"
#include "parkway/wait/address_wait_slow.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

constexpr auto kKind = AddressKind::kHostAddress;

std::int64_t After(std::chrono::nanoseconds time) {
  return os::nanotime() + time.count();
}

// A thread that waits on an address until it is woken.
class Sleeper {
 public:
  explicit Sleeper(const void* address, std::uintptr_t context = 0)
      : thread_([this, address, context] {
          AddressWaiter waiter(address, kKind, context);
          waiter.prepare();
          EXPECT_TRUE(waiter.commit(os::kForever));
          woken_ = true;
        }) {
    EXPECT_TRUE(thread_.WaitAsleep());
  }
  bool woken() const { return woken_; }
  void Join() { thread_.Join(); }

 private:
  std::atomic<bool> woken_{false};
  Thread thread_;
};

TEST(AddressWait, NobodyWaits) {
  const char address = 0;
  EXPECT_FALSE(AddressWaiter::may_have_waiters(&address));
  EXPECT_EQ(AddressWaiter::wake_one(&address, kKind), 0u);
  EXPECT_EQ(AddressWaiter::wake_all(&address, kKind), 0u);
}

TEST(AddressWait, WakesTheOldestFirst) {
  const char address = 0;
  std::vector<std::unique_ptr<Sleeper>> all;
  for (int i = 0; i < 4; ++i) {
    all.push_back(std::make_unique<Sleeper>(&address));
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_TRUE(AddressWaiter::may_have_waiters(&address));
    EXPECT_EQ(AddressWaiter::wake_one(&address, kKind), 1u);
    all[i]->Join();
    for (std::size_t k = i + 1; k < all.size(); ++k) {
      EXPECT_FALSE(all[k]->woken());
    }
  }
  EXPECT_FALSE(AddressWaiter::may_have_waiters(&address));
}

TEST(AddressWait, AWakeBeforeTheSleepIsNotLost) {
  const char address = 0;
  AddressWaiter waiter(&address, kKind);
  waiter.prepare();
  EXPECT_EQ(AddressWaiter::wake_one(&address, kKind), 1u);
  EXPECT_TRUE(waiter.commit(os::kForever));
}

TEST(AddressWait, CancelSaysWhetherItWasWoken) {
  const char address = 0;
  AddressWaiter waiter(&address, kKind);
  EXPECT_FALSE(waiter.cancel());
  waiter.prepare();
  EXPECT_FALSE(waiter.cancel());
  EXPECT_EQ(AddressWaiter::wake_one(&address, kKind), 0u);
  waiter.prepare();
  EXPECT_EQ(AddressWaiter::wake_one(&address, kKind), 1u);
  EXPECT_TRUE(waiter.cancel());
  EXPECT_FALSE(waiter.cancel());
}

TEST(AddressWait, TimesOutAndIsGone) {
  const char address = 0;
  const auto time = std::chrono::milliseconds(5);
  AddressWaiter waiter(&address, kKind);
  waiter.prepare();
  const std::int64_t until = After(time);
  EXPECT_FALSE(waiter.commit(until));
  EXPECT_GE(os::nanotime(), until);
  EXPECT_FALSE(AddressWaiter::may_have_waiters(&address));
  // It can be used again.
  waiter.prepare();
  EXPECT_FALSE(waiter.commit(After(std::chrono::nanoseconds(0))));
}

TEST(AddressWait, AConditionMayThrow) {
  const char address = 0;
  EXPECT_THROW(
      {
        AddressWaiter waiter(&address, kKind);
        waiter.prepare();
        throw std::runtime_error("what the condition threw");
      },
      std::runtime_error);
  EXPECT_FALSE(AddressWaiter::may_have_waiters(&address));
}

TEST(AddressWait, AConditionMayWaitForSomethingElse) {
  const char outer = 0;
  const char inner = 0;
  AddressWaiter waiter(&outer, kKind);
  waiter.prepare();
  {
    AddressWaiter nested(&inner, kKind);
    nested.prepare();
    EXPECT_EQ(AddressWaiter::wake_all(&outer, kKind), 1u);
    EXPECT_FALSE(nested.commit(After(std::chrono::milliseconds(2))));
  }
  EXPECT_TRUE(waiter.commit(os::kForever));
}

// Every address of an array, so that many share a bucket.
TEST(AddressWait, WakesThoseOfItsAddressOnly) {
  constexpr int kAddresses = 4 * static_cast<int>(internal::kAddressBuckets);
  static char addresses[kAddresses];
  std::vector<std::unique_ptr<AddressWaiter>> all;
  for (const char& address : addresses) {
    all.push_back(std::make_unique<AddressWaiter>(&address, kKind));
    all.back()->prepare();
  }
  for (int i = kAddresses - 1; i >= 0; --i) {
    EXPECT_EQ(AddressWaiter::wake_all(addresses + i, kKind), 1u);
    EXPECT_TRUE(all[i]->cancel());
  }
}

TEST(AddressWait, WakesThoseWithTheContextOnly) {
  const char address = 0;
  std::vector<std::unique_ptr<AddressWaiter>> all;
  for (std::uintptr_t context = 0; context < 6; ++context) {
    all.push_back(std::make_unique<AddressWaiter>(&address, kKind, context));
    all.back()->prepare();
  }
  const auto below = [](std::uintptr_t context, std::uintptr_t limit) {
    return context < limit;
  };
  EXPECT_EQ(AddressWaiter::wake_if(&address, kKind, below, 3), 3u);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(all[i]->cancel(), i < 3);
}

// Whatever was here before, and wakes late.
TEST(AddressWait, AWakeIsForItsKindOnly) {
  constexpr AddressKind kKinds[] = {
      AddressKind::kMutexFutex,     AddressKind::kSemaphore,
      AddressKind::kStarving,       AddressKind::kQueuingMutex,
      AddressKind::kQueuingRwMutex, AddressKind::kCondition,
      AddressKind::kHostCondition,  AddressKind::kHostAddress,
      AddressKind::kHostQueue};
  const char address = 0;
  const auto any = [](std::uintptr_t, std::uintptr_t) { return true; };
  for (AddressKind waits : kKinds) {
    for (AddressKind wakes : kKinds) {
      AddressWaiter waiter(&address, waits, 7);
      waiter.prepare();
      if (waits == wakes) {
        EXPECT_EQ(AddressWaiter::wake_one(&address, wakes), 1u);
        EXPECT_TRUE(waiter.cancel());
        continue;
      }
      EXPECT_EQ(AddressWaiter::wake_one(&address, wakes), 0u);
      EXPECT_EQ(AddressWaiter::wake_all(&address, wakes), 0u);
      EXPECT_EQ(AddressWaiter::wake_if(&address, wakes, any, 0), 0u);
      EXPECT_EQ(wake_address_waiters(wakes, 7), 0u);
      EXPECT_FALSE(waiter.cancel());
    }
  }
}

// The queue of one address is not walked for another's sake: with as many
// waiters as this, a walk for each wake would take minutes.
TEST(AddressWait, FindsItsQueueBesideLongOnes) {
  constexpr int kMany = 20000;
  const char crowded = 0;
  // In the crowded one's bucket.
  std::vector<char> area(1 << 20);
  const char* lonely = nullptr;
  for (const char& place : area) {
    if (&Platform::address_bucket(&place) ==
        &Platform::address_bucket(&crowded)) {
      lonely = &place;
      break;
    }
  }
  ASSERT_NE(lonely, nullptr);
  std::vector<std::unique_ptr<AddressWaiter>> all;
  for (int i = 0; i < kMany; ++i) {
    all.push_back(std::make_unique<AddressWaiter>(&crowded, kKind));
    all.back()->prepare_if([](bool) { return true; });
  }
  for (int i = 0; i < 100 * kMany; ++i) {
    ASSERT_EQ(AddressWaiter::wake_one(lonely, kKind), 0u);
  }
  EXPECT_EQ(AddressWaiter::wake_all(&crowded, kKind),
            static_cast<std::size_t>(kMany));
  for (auto& waiter : all) EXPECT_TRUE(waiter->cancel());
}

TEST(AddressWait, WakeAll) {
  const char address = 0;
  std::vector<std::unique_ptr<Sleeper>> all;
  for (int i = 0; i < 5; ++i) {
    all.push_back(std::make_unique<Sleeper>(&address));
  }
  EXPECT_EQ(AddressWaiter::wake_all(&address, kKind), 5u);
  for (auto& sleeper : all) sleeper->Join();
}

// Tokens passed without a lock: a lost wakeup hangs.
TEST(AddressWait, NoWakeIsLost) {
  constexpr int kThreads = 4;
  const int rounds = Rounds(20000);
  std::atomic<int> tokens{0};
  std::atomic<long> taken{0};
  const auto take = [&] {
    int n = tokens.load();
    while (n > 0) {
      if (tokens.compare_exchange_weak(n, n - 1)) return true;
    }
    return false;
  };
  std::vector<std::unique_ptr<Thread>> all;
  for (int t = 0; t < kThreads; ++t) {
    all.push_back(std::make_unique<Thread>([&] {
      for (int i = 0; i < rounds; ++i) {
        while (!take()) {
          AddressWaiter waiter(&tokens, kKind);
          waiter.prepare();
          if (tokens.load(std::memory_order_relaxed) > 0) {
            if (waiter.cancel()) AddressWaiter::wake_one(&tokens, kKind);
          } else {
            waiter.commit(os::kForever);
          }
        }
        ++taken;
      }
    }));
  }
  for (int i = 0; i < kThreads * rounds; ++i) {
    tokens.fetch_add(1, std::memory_order_relaxed);
    if (AddressWaiter::may_have_waiters(&tokens)) {
      AddressWaiter::wake_one(&tokens, kKind);
    }
  }
  for (auto& thread : all) thread->Join();
  EXPECT_EQ(taken, static_cast<long>(kThreads) * rounds);
  EXPECT_EQ(tokens, 0);
}

}  // namespace
}  // namespace parkway::test
