// SPDX-License-Identifier: Apache-2.0

// The stand-in of FreeBSD's calls: each result that the pages name.
#include "parkway/os/freebsd/calls.h"

#include <cstddef>
#include <cstdint>

#include "tests/os/calls_test.h"
#include "tests/os/errors.h"

namespace parkway::os::freebsd {
namespace {

namespace kernel = test::kernel;
using test::kHour;
using test::kMillisecond;
using test::Page;
using test::Thread;
using test::TimeOf;
using test::bsd::kEinval;

void* SizeOf(std::size_t bytes) { return reinterpret_cast<void*>(bytes); }

int Wait(void* word, std::uint32_t value, UmtxTime* time = nullptr) {
  return umtx_op(word, kWaitUintPrivate, value, SizeOf(sizeof(*time)), time);
}

int Wake(void* word, unsigned long count) {
  return umtx_op(word, kWakePrivate, count, nullptr, nullptr);
}

class UmtxOp : public testing::Test {
 protected:
  kernel::Key key_ = kernel::KeyOf(&word_, kWaitUintPrivate);
  std::uint32_t word_ = 5;
};

TEST_F(UmtxOp, AnotherValueIsNoError) { EXPECT_EQ(Wait(&word_, 6), 0); }

TEST_F(UmtxOp, EfaultIfTheWordCannotBeRead) {
  Page page;
  page.Revoke();
  EXPECT_EQ(Wait(page.memory(), 0), kEfault);
  // A wake does not look.
  EXPECT_EQ(Wake(page.memory(), 1), 0);
}

TEST_F(UmtxOp, EinvalForWhatIsNotThere) {
  EXPECT_EQ(umtx_op(&word_, 99, 0, nullptr, nullptr), kEinval);
  for (const timespec& bad : test::kBadTimes) {
    UmtxTime time{bad, kAbsolute, kClockMonotonic};
    EXPECT_EQ(Wait(&word_, 5, &time), kEinval);
  }
  UmtxTime clock{timespec{0, 0}, kAbsolute, 77};
  EXPECT_EQ(Wait(&word_, 5, &clock), kEinval);
}

TEST_F(UmtxOp, AnAbsoluteTimeEnds) {
  const std::int64_t end = kernel::Now() + kMillisecond;
  UmtxTime time{TimeOf(end), kAbsolute, kClockMonotonic};
  EXPECT_EQ(Wait(&word_, 5, &time), kEtimedout);
  EXPECT_GE(kernel::Now(), end);
  // It is over from now on.
  EXPECT_EQ(Wait(&word_, 5, &time), kEtimedout);
}

TEST_F(UmtxOp, ATimeIsRelativeWithoutTheFlag) {
  const std::int64_t start = kernel::Now();
  UmtxTime time{TimeOf(kMillisecond), 0, kClockMonotonic};
  EXPECT_EQ(Wait(&word_, 5, &time), kEtimedout);
  EXPECT_GE(kernel::Now(), start + kMillisecond);
}

// What has the size of a timespec is one, whatever comes behind it.
TEST_F(UmtxOp, ATimespecIsRelative) {
  const std::int64_t start = kernel::Now();
  UmtxTime time{TimeOf(kMillisecond), kAbsolute, kClockMonotonic};
  EXPECT_EQ(
      umtx_op(&word_, kWaitUintPrivate, 5, SizeOf(sizeof(timespec)), &time),
      kEtimedout);
  EXPECT_GE(kernel::Now(), start + kMillisecond);
}

// 0 is CLOCK_REALTIME: a monotonic time is long over there.
TEST_F(UmtxOp, TheClockIsTheOneThatIsNamed) {
  UmtxTime time{TimeOf(kernel::Now() + kHour), kAbsolute, 0};
  EXPECT_EQ(Wait(&word_, 5, &time), kEtimedout);
}

TEST_F(UmtxOp, EintrAfterASignal) {
  for (const auto how : {kernel::End::kSignal, kernel::End::kRestart}) {
    EXPECT_EQ(test::AfterSignal(how, [this] { return Wait(&word_, 5); }),
              kEintr);
  }
}

TEST_F(UmtxOp, AWakeWakesSoMany) {
  const auto sleep = [this] { EXPECT_EQ(Wait(&word_, 5), 0); };
  Thread first(sleep);
  Thread second(sleep);
  Thread third(sleep);
  Thread fourth(sleep);
  ASSERT_TRUE(kernel::AwaitSleepers(key_, 4));
  // Not those of another word.
  std::uint32_t other = 5;
  EXPECT_EQ(Wake(&other, INT32_MAX), 0);
  EXPECT_EQ(kernel::Sleepers(key_), 4);
  EXPECT_EQ(Wake(&word_, 1), 0);
  EXPECT_EQ(kernel::Sleepers(key_), 3);
  // Of none: one.
  EXPECT_EQ(Wake(&word_, 0), 0);
  EXPECT_EQ(kernel::Sleepers(key_), 2);
  EXPECT_EQ(Wake(&word_, INT32_MAX), 0);
  EXPECT_EQ(kernel::Sleepers(key_), 0);
  EXPECT_EQ(Wake(&word_, 1), 0);
}

TEST_F(UmtxOp, FaultsAreSignalsAndWakesForNoReason) {
  test::ExpectWithFaults<int>({0, kEintr, kEtimedout}, [this] {
    UmtxTime time{TimeOf(kernel::Now() + 100000), kAbsolute, kClockMonotonic};
    return Wait(&word_, 5, &time);
  });
}

TEST(Membarrier, WantsToBeRegistered) {
  if (!kernel::HostBarrier()) GTEST_SKIP() << "the host has no membarrier";
  EXPECT_EQ(test::RunInChild([] {
              if (membarrier(kPrivateExpedited) != kEperm) return 1;
              if (membarrier(0x4000) != kEinval) return 2;
              if (membarrier(kRegisterPrivateExpedited) != 0) return 3;
              if (membarrier(kPrivateExpedited) != 0) return 4;
              // The child of a fork has not registered.
              return test::RunInChild([] {
                return membarrier(kPrivateExpedited) == kEperm ? 0 : 5;
              });
            }),
            0);
}

}  // namespace
}  // namespace parkway::os::freebsd
