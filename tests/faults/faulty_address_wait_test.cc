// SPDX-License-Identifier: Apache-2.0

// Waiting by address with faults, on each kernel. The stores are plain and the
// processor's own buffer delays them: no notice may get lost.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "tests/faults/fault_platform.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

template <class P>
class FaultyAddressWait : public testing::Test {};
using Platforms = testing::Types<Barrier, NoBarrier, FailingBarrier>;
TYPED_TEST_SUITE(FaultyAddressWait, Platforms);

constexpr auto kKind = AddressKind::kHostAddress;

// Alone in its line, as the two sides of a notify mostly are.
struct alignas(64) Flag {
  std::atomic<int> value{0};
};

// Each of two threads in turn tells the other, who waits for it: a lost notice
// hangs. Nobody else is there to wake them.
TYPED_TEST(FaultyAddressWait, NoNoticeIsLost) {
  using Waiter = BasicAddressWaiter<TypeParam>;
  const int rounds = Rounds(5000);
  Flag told[2];
  const auto play = [&](int me) {
    Flag& mine = told[me];
    Flag& other = told[1 - me];
    for (int round = 1; round <= rounds; ++round) {
      mine.value.store(round, std::memory_order_relaxed);
      if (Waiter::may_have_waiters(&mine)) Waiter::wake_all(&mine, kKind);
      while (other.value.load(std::memory_order_relaxed) < round) {
        Waiter waiter(&other, kKind);
        waiter.prepare();
        if (other.value.load(std::memory_order_relaxed) >= round) break;
        EXPECT_TRUE(waiter.commit(os::kForever));
      }
    }
  };
  {
    Thread first([&] { play(0); });
    Thread second([&] { play(1); });
  }
  EXPECT_EQ(told[0].value, rounds);
  EXPECT_EQ(told[1].value, rounds);
}

// Tokens, each taken once; some give up waiting, and are woken all the same.
TYPED_TEST(FaultyAddressWait, NoTokenIsLost) {
  using Waiter = BasicAddressWaiter<TypeParam>;
  constexpr int kThreads = 4;
  const int rounds = Rounds(2000);
  std::atomic<int> tokens{0};
  std::atomic<int> taken{0};
  const auto take = [&tokens] {
    int n = tokens.load();
    while (n > 0) {
      if (tokens.compare_exchange_weak(n, n - 1)) return true;
    }
    return false;
  };
  std::vector<std::unique_ptr<Thread>> all;
  for (int t = 0; t < kThreads; ++t) {
    all.push_back(std::make_unique<Thread>([&, timed = t % 2 == 0] {
      for (int i = 0; i < rounds; ++i) {
        while (!take()) {
          Waiter waiter(&tokens, kKind);
          waiter.prepare();
          if (tokens.load(std::memory_order_relaxed) > 0) {
            if (waiter.cancel()) Waiter::wake_one(&tokens, kKind);
          } else {
            waiter.commit(timed ? os::nanotime() + 100000 : os::kForever);
          }
        }
        ++taken;
      }
    }));
  }
  for (int i = 0; i < kThreads * rounds; ++i) {
    tokens.fetch_add(1, std::memory_order_relaxed);
    if (Waiter::may_have_waiters(&tokens)) Waiter::wake_one(&tokens, kKind);
  }
  for (auto& thread : all) thread->Join();
  EXPECT_EQ(taken, kThreads * rounds);
  EXPECT_EQ(tokens, 0);
  EXPECT_FALSE(Waiter::may_have_waiters(&tokens));
}

}  // namespace
}  // namespace parkway::test
