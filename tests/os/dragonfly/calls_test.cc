// SPDX-License-Identifier: Apache-2.0

// The stand-in of DragonFly's calls: each result that the page names.
#include "parkway/os/dragonfly/calls.h"

#include <cstdint>

#include "tests/os/calls_test.h"
#include "tests/os/errors.h"

namespace parkway::os::dragonfly {
namespace {

namespace kernel = test::kernel;
using test::kMillisecond;
using test::Page;
using test::Thread;
using test::bsd::kEinval;

class Umtx : public testing::Test {
 protected:
  int word_ = 5;
};

TEST_F(Umtx, EbusyIfTheWordDiffers) {
  EXPECT_EQ(umtx_sleep(&word_, 6, 0), kEbusy);
}

TEST_F(Umtx, EinvalForATimeBelowNothing) {
  EXPECT_EQ(umtx_sleep(&word_, 5, -1), kEinval);
}

TEST_F(Umtx, EfaultIfTheWordCannotBeWritten) {
  Page page;
  page.Revoke();
  auto* const gone = static_cast<int*>(page.memory());
  EXPECT_EQ(umtx_sleep(gone, 0, 0), kEfault);
  EXPECT_EQ(umtx_wakeup(gone, 1), kEfault);
  static const int kConstant = 5;
  EXPECT_EQ(umtx_sleep(&kConstant, 5, 0), kEfault);
  const auto* const odd = reinterpret_cast<const int*>(
      reinterpret_cast<std::uintptr_t>(&word_) + 1);
  EXPECT_EQ(umtx_sleep(odd, 5, 0), kEfault);
}

TEST_F(Umtx, EwouldblockAfterSoManyMicroseconds) {
  const std::int64_t start = kernel::Now();
  EXPECT_EQ(umtx_sleep(&word_, 5, 1000), kEwouldblock);
  EXPECT_GE(kernel::Now(), start + kMillisecond);
}

// An hour, or for ever.
TEST_F(Umtx, NoSleepIsLongerThanASecond) {
  Thread second([this] { EXPECT_EQ(umtx_sleep(&word_, 5, 0), kEwouldblock); });
  EXPECT_EQ(umtx_sleep(&word_, 5, INT32_MAX), kEwouldblock);
}

TEST_F(Umtx, EintrAfterASignal) {
  for (const auto how : {kernel::End::kSignal, kernel::End::kRestart}) {
    EXPECT_EQ(
        test::AfterSignal(how, [this] { return umtx_sleep(&word_, 5, 0); }),
        kEintr);
  }
}

TEST_F(Umtx, AWakeOfMoreThanOneIsOfAll) {
  const auto sleep = [this] { EXPECT_EQ(umtx_sleep(&word_, 5, 0), 0); };
  EXPECT_EQ(umtx_wakeup(&word_, 1), 0);
  for (const int count : {0, 2}) {
    Thread first(sleep);
    Thread second(sleep);
    Thread third(sleep);
    Thread fourth(sleep);
    ASSERT_TRUE(kernel::AwaitAllSleepers(4));
    int other = 5;
    EXPECT_EQ(umtx_wakeup(&other, 0), 0);
    EXPECT_EQ(umtx_wakeup(&word_, 1), 0);
    EXPECT_EQ(kernel::AllSleepers(), 3);
    EXPECT_EQ(umtx_wakeup(&word_, count), 0);
    EXPECT_EQ(kernel::AllSleepers(), 0);
  }
}

TEST_F(Umtx, FaultsAreSignalsAndWakesForNoReason) {
  test::ExpectWithFaults<int>({0, kEintr, kEwouldblock},
                              [this] { return umtx_sleep(&word_, 5, 100); });
}

}  // namespace
}  // namespace parkway::os::dragonfly
