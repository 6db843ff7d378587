// SPDX-License-Identifier: Apache-2.0

// The stand-in of Plan 9's calls: each result that the page names.
#include "parkway/os/plan9/calls.h"

#include <atomic>
#include <cstdint>

#include "tests/os/calls_test.h"

namespace parkway::os::plan9 {
namespace {

namespace kernel = test::kernel;
using test::kMillisecond;
using test::Page;
using test::Thread;

class Semacquire : public testing::Test {
 protected:
  std::int32_t count_ = 0;
};

TEST_F(Semacquire, TakesOne) {
  count_ = 2;
  EXPECT_EQ(semacquire(&count_, 1), 1);
  EXPECT_EQ(count_, 1);
  EXPECT_EQ(tsemacquire(&count_, 10), 1);
  EXPECT_EQ(count_, 0);
}

TEST_F(Semacquire, ZeroIfItMayNotWait) {
  EXPECT_EQ(semacquire(&count_, 0), 0);
  EXPECT_EQ(tsemacquire(&count_, 0), 0);
  EXPECT_EQ(count_, 0);
}

TEST_F(Semacquire, ZeroAfterSoManyMilliseconds) {
  const std::int64_t start = kernel::Now();
  EXPECT_EQ(tsemacquire(&count_, 1), 0);
  EXPECT_GE(kernel::Now(), start + kMillisecond);
}

TEST_F(Semacquire, LessThanNothingIsAnError) {
  count_ = -1;
  EXPECT_EQ(semacquire(&count_, 1), -1);
  EXPECT_EQ(semrelease(&count_, 1), -1);
  EXPECT_EQ(count_, -1);
  count_ = 0;
  EXPECT_EQ(semrelease(&count_, -1), -1);
}

TEST_F(Semacquire, ABadAddressIsAnError) {
  Page page;
  page.Revoke();
  auto* const gone = static_cast<std::int32_t*>(page.memory());
  EXPECT_EQ(semacquire(gone, 1), -1);
  EXPECT_EQ(tsemacquire(gone, 1), -1);
  EXPECT_EQ(semrelease(gone, 1), -1);
}

TEST_F(Semacquire, ANoteInterrupts) {
  EXPECT_EQ(test::AfterSignal(kernel::End::kSignal,
                              [this] { return semacquire(&count_, 1); }),
            -1);
  EXPECT_EQ(test::AfterSignal(kernel::End::kSignal,
                              [this] { return tsemacquire(&count_, 3600000); }),
            -1);
  EXPECT_EQ(count_, 0);
}

TEST_F(Semacquire, AReleaseLetsAsManyGoOn) {
  std::atomic<int> through{0};
  const auto sleep = [&] {
    EXPECT_EQ(semacquire(&count_, 1), 1);
    ++through;
  };
  Thread first(sleep);
  Thread second(sleep);
  Thread third(sleep);
  ASSERT_TRUE(kernel::AwaitAllSleepers(3));
  EXPECT_EQ(semrelease(&count_, 2), 2);
  EXPECT_TRUE(test::Eventually([&] { return through == 2; }));
  EXPECT_EQ(kernel::AllSleepers(), 1);
  EXPECT_EQ(semrelease(&count_, 1), 1);
  third.Join();
  first.Join();
  second.Join();
  EXPECT_EQ(through, 3);
  EXPECT_EQ(count_, 0);
}

TEST_F(Semacquire, FaultsAreNotesAndNothingElse) {
  test::ExpectWithFaults<int>({0, -1},
                              [this] { return tsemacquire(&count_, 1); });
}

}  // namespace
}  // namespace parkway::os::plan9
