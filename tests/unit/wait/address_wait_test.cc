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
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

std::int64_t After(std::chrono::nanoseconds time) {
  return os::nanotime() + time.count();
}

// A thread that waits on an address until it is woken.
class Sleeper {
 public:
  explicit Sleeper(const void* address, std::uintptr_t context = 0)
      : thread_([this, address, context] {
          AddressWaiter waiter(address, context);
          waiter.prepare();
          EXPECT_TRUE(waiter.commit(os::kForever));
          woken_ = true;
        }) {
    thread_.WaitAsleep();
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
  EXPECT_EQ(AddressWaiter::wake_one(&address), 0u);
  EXPECT_EQ(AddressWaiter::wake_all(&address), 0u);
}

TEST(AddressWait, WakesTheOldestFirst) {
  const char address = 0;
  std::vector<std::unique_ptr<Sleeper>> all;
  for (int i = 0; i < 4; ++i) {
    all.push_back(std::make_unique<Sleeper>(&address));
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_TRUE(AddressWaiter::may_have_waiters(&address));
    EXPECT_EQ(AddressWaiter::wake_one(&address), 1u);
    all[i]->Join();
    for (std::size_t k = i + 1; k < all.size(); ++k) {
      EXPECT_FALSE(all[k]->woken());
    }
  }
  EXPECT_FALSE(AddressWaiter::may_have_waiters(&address));
}

TEST(AddressWait, AWakeBeforeTheSleepIsNotLost) {
  const char address = 0;
  AddressWaiter waiter(&address);
  waiter.prepare();
  EXPECT_EQ(AddressWaiter::wake_one(&address), 1u);
  EXPECT_TRUE(waiter.commit(os::kForever));
}

TEST(AddressWait, CancelSaysWhetherItWasWoken) {
  const char address = 0;
  AddressWaiter waiter(&address);
  EXPECT_FALSE(waiter.cancel());
  waiter.prepare();
  EXPECT_FALSE(waiter.cancel());
  EXPECT_EQ(AddressWaiter::wake_one(&address), 0u);
  waiter.prepare();
  EXPECT_EQ(AddressWaiter::wake_one(&address), 1u);
  EXPECT_TRUE(waiter.cancel());
  EXPECT_FALSE(waiter.cancel());
}

TEST(AddressWait, TimesOutAndIsGone) {
  const char address = 0;
  const auto time = std::chrono::milliseconds(5);
  AddressWaiter waiter(&address);
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
        AddressWaiter waiter(&address);
        waiter.prepare();
        throw std::runtime_error("what the condition threw");
      },
      std::runtime_error);
  EXPECT_FALSE(AddressWaiter::may_have_waiters(&address));
}

TEST(AddressWait, AConditionMayWaitForSomethingElse) {
  const char outer = 0;
  const char inner = 0;
  AddressWaiter waiter(&outer);
  waiter.prepare();
  {
    AddressWaiter nested(&inner);
    nested.prepare();
    EXPECT_EQ(AddressWaiter::wake_all(&outer), 1u);
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
    all.push_back(std::make_unique<AddressWaiter>(&address));
    all.back()->prepare();
  }
  for (int i = kAddresses - 1; i >= 0; --i) {
    EXPECT_EQ(AddressWaiter::wake_all(addresses + i), 1u);
    EXPECT_TRUE(all[i]->cancel());
  }
}

TEST(AddressWait, WakesThoseWithTheContextOnly) {
  const char address = 0;
  std::vector<std::unique_ptr<AddressWaiter>> all;
  for (std::uintptr_t context = 0; context < 6; ++context) {
    all.push_back(std::make_unique<AddressWaiter>(&address, context));
    all.back()->prepare();
  }
  const auto below = [](std::uintptr_t context, std::uintptr_t limit) {
    return context < limit;
  };
  EXPECT_EQ(AddressWaiter::wake_if(&address, below, 3), 3u);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(all[i]->cancel(), i < 3);
}

// A ByteMutex that was here before: its last unlock wakes by address, late.
TEST(AddressWait, AByteMutexsLateWakeIsForByteMutexesOnly) {
  using Futex = ByteFutex<Platform>;
  Futex::Word word{0};
  AddressWaiter other(&word, 1);
  AddressWaiter mutex(&word, UINTPTR_MAX);
  other.prepare();
  Futex::futexwakeup(word, 1);
  EXPECT_FALSE(other.cancel());
  other.prepare();
  mutex.prepare();
  Futex::futexwakeup(word, 1);
  EXPECT_TRUE(mutex.cancel());
  EXPECT_FALSE(other.cancel());
}

TEST(AddressWait, WakeAll) {
  const char address = 0;
  std::vector<std::unique_ptr<Sleeper>> all;
  for (int i = 0; i < 5; ++i) {
    all.push_back(std::make_unique<Sleeper>(&address));
  }
  EXPECT_EQ(AddressWaiter::wake_all(&address), 5u);
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
          AddressWaiter waiter(&tokens);
          waiter.prepare();
          if (tokens.load(std::memory_order_relaxed) > 0) {
            if (waiter.cancel()) AddressWaiter::wake_one(&tokens);
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
      AddressWaiter::wake_one(&tokens);
    }
  }
  for (auto& thread : all) thread->Join();
  EXPECT_EQ(taken, static_cast<long>(kThreads) * rounds);
  EXPECT_EQ(tokens, 0);
}

}  // namespace
}  // namespace parkway::test
