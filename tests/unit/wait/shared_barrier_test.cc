// SPDX-License-Identifier: Apache-2.0

// parkway/wait/shared_barrier.h: who makes a barrier, and for whom.
#include "parkway/wait/shared_barrier.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <deque>

#include "parkway/base/platform.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

// Barriers that are counted, and last until they may end.
struct CountingPlatform : BasePlatform {
  static bool process_barrier() {
    ++begun;
    Eventually([] { return may_end.load(); });
    return works;
  }
  static bool futexsleep(Atomic<std::uint32_t>& word, std::uint32_t expected,
                         std::int64_t deadline) noexcept {
    // A thread that wakes for no reason is still one.
    static thread_local bool sleeps = false;
    if (!sleeps) ++sleepers;
    sleeps = true;
    return BasePlatform::futexsleep(word, expected, deadline);
  }
  static inline std::atomic<int> begun{0};
  static inline std::atomic<int> sleepers{0};
  static inline std::atomic<bool> may_end{true};
  static inline std::atomic<bool> works{true};
};
using Counting = CountingPlatform;
constexpr std::int64_t kPatient = std::int64_t{3600} * 1000000000;

class SharedBarrier : public testing::Test {
 protected:
  SharedBarrier() {
    Counting::begun = Counting::sleepers = 0;
    Counting::may_end = Counting::works = true;
  }
  BasicSharedBarrier<Counting> barrier_;
};

TEST_F(SharedBarrier, OneAfterTheOtherIsMadeEachTime) {
  for (int i = 1; i <= 5; ++i) {
    EXPECT_TRUE(barrier_.pass(kPatient));
    EXPECT_EQ(Counting::begun, i);
  }
}

// Those that come while one is made share the next.
TEST_F(SharedBarrier, ManyAtOnceShareTheNext) {
  constexpr int kOthers = 6;
  Counting::may_end = false;
  std::atomic<int> passed{0};
  const auto pass = [&] {
    if (barrier_.pass(kPatient)) ++passed;
  };
  {
    Thread first(pass);
    ASSERT_TRUE(Eventually([] { return Counting::begun == 1; }));
    std::deque<Thread> others;
    for (int i = 0; i < kOthers; ++i) others.emplace_back(pass);
    ASSERT_TRUE(Eventually([] { return Counting::sleepers >= kOthers; }));
    EXPECT_EQ(Counting::begun, 1);
    Counting::may_end = true;
    first.Join();
    for (Thread& other : others) other.Join();
  }
  EXPECT_EQ(passed, kOthers + 1);
  EXPECT_EQ(Counting::begun, 2);
}

// Whoever makes it may have lost its CPU.
TEST_F(SharedBarrier, WhoHasWaitedForLongMakesItsOwn) {
  Counting::may_end = false;
  Thread first([&] { EXPECT_TRUE(barrier_.pass(kPatient)); });
  ASSERT_TRUE(Eventually([] { return Counting::begun == 1; }));
  Thread second([&] { EXPECT_TRUE(barrier_.pass(1000)); });
  EXPECT_TRUE(Eventually([] { return Counting::begun == 2; }));
  Counting::may_end = true;
  first.Join();
  second.Join();
}

// Each hears of it, and none waits for ever.
TEST_F(SharedBarrier, FailsForAllWhereThereIsNone) {
  Counting::may_end = Counting::works = false;
  std::atomic<int> failed{0};
  const auto pass = [&] {
    if (!barrier_.pass(kPatient)) ++failed;
  };
  {
    Thread first(pass);
    ASSERT_TRUE(Eventually([] { return Counting::begun == 1; }));
    Thread second(pass);
    Thread third(pass);
    ASSERT_TRUE(Eventually([] { return Counting::sleepers >= 2; }));
    Counting::may_end = true;
    first.Join();
    second.Join();
    third.Join();
  }
  EXPECT_EQ(failed, 3);
  EXPECT_EQ(Counting::begun, 3);
}

}  // namespace
}  // namespace parkway::test
