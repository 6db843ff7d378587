// SPDX-License-Identifier: Apache-2.0

// The stand-in of OpenBSD's calls: each result that the pages name.
#include "parkway/os/openbsd/calls.h"

#include <errno.h>

#include <cstdint>

#include "tests/os/calls_test.h"
#include "tests/os/errors.h"

namespace parkway::os::openbsd {
namespace {

namespace kernel = test::kernel;
using test::kMillisecond;
using test::Page;
using test::Thread;
using test::TimeOf;
using test::bsd::kEinval;
using test::bsd::kEnosys;

constexpr int kWait = kFutexWait | kFutexPrivate;
constexpr int kWake = kFutexWake | kFutexPrivate;

class Futex : public testing::Test {
 protected:
  std::uint32_t word_ = 5;
};

TEST_F(Futex, EagainIfTheWordDiffers) {
  EXPECT_EQ(futex_wait(&word_, kWait, 6, nullptr), kEagain);
}

TEST_F(Futex, EfaultIfTheWordCannotBeRead) {
  Page page;
  page.Revoke();
  EXPECT_EQ(futex_wait(page.memory(), kWait, 0, nullptr), kEfault);
  // A wake does not look.
  EXPECT_EQ(futex_wake(page.memory(), kWake, 1), 0);
}

TEST_F(Futex, EinvalForATimeThatIsNone) {
  for (const timespec& bad : test::kBadTimes) {
    EXPECT_EQ(futex_wait(&word_, kWait, 5, &bad), kEinval);
  }
}

TEST_F(Futex, EnosysForWhatIsNotThere) {
  EXPECT_EQ(futex_wait(&word_, 77, 5, nullptr), kEnosys);
  EXPECT_EQ(futex_wake(&word_, 77, 1), -1);
  EXPECT_EQ(errno, kEnosys);
}

TEST_F(Futex, ATimeIsRelative) {
  const std::int64_t start = kernel::Now();
  const timespec time = TimeOf(kMillisecond);
  EXPECT_EQ(futex_wait(&word_, kWait, 5, &time), kEtimedout);
  EXPECT_GE(kernel::Now(), start + kMillisecond);
}

TEST_F(Futex, EcanceledAfterASignalThatRestarts) {
  const auto sleep = [this] { return futex_wait(&word_, kWait, 5, nullptr); };
  EXPECT_EQ(test::AfterSignal(kernel::End::kSignal, sleep), kEintr);
  EXPECT_EQ(test::AfterSignal(kernel::End::kRestart, sleep), kEcanceled);
}

TEST_F(Futex, AWakeSaysHowMany) {
  const auto sleep = [this] {
    EXPECT_EQ(futex_wait(&word_, kWait, 5, nullptr), 0);
  };
  Thread first(sleep);
  Thread second(sleep);
  Thread third(sleep);
  ASSERT_TRUE(kernel::AwaitAllSleepers(3));
  // None of these is theirs.
  std::uint32_t other = 5;
  EXPECT_EQ(futex_wake(&other, kWake, INT32_MAX), 0);
  EXPECT_EQ(futex_wake(&word_, kFutexWake, INT32_MAX), 0);
  EXPECT_EQ(futex_wake(&word_, kWake, 0), 0);
  EXPECT_EQ(futex_wake(&word_, kWake, 2), 2);
  EXPECT_EQ(kernel::AllSleepers(), 1);
  EXPECT_EQ(futex_wake(&word_, kWake, INT32_MAX), 1);
}

TEST_F(Futex, FaultsAreSignalsAndWakesForNoReason) {
  test::ExpectWithFaults<int>({0, kEintr, kEcanceled, kEtimedout}, [this] {
    const timespec time = TimeOf(100000);
    return futex_wait(&word_, kWait, 5, &time);
  });
}

class Thrsleep : public testing::Test {
 protected:
  int abort_ = 0;
};

TEST_F(Thrsleep, EinvalWithoutAnIdOrATime) {
  EXPECT_EQ(thrsleep(nullptr, nullptr, nullptr), kEinval);
  EXPECT_EQ(thrwakeup(nullptr, 1), kEinval);
  for (const timespec& bad : test::kBadTimes) {
    EXPECT_EQ(thrsleep(&abort_, &bad, nullptr), kEinval);
  }
}

TEST_F(Thrsleep, EwouldblockAtAnAbsoluteTime) {
  const std::int64_t end = kernel::Now() + kMillisecond;
  const timespec time = TimeOf(end);
  EXPECT_EQ(thrsleep(&abort_, &time, &abort_), kEagain);
  EXPECT_GE(kernel::Now(), end);
  // Before all else.
  abort_ = 1;
  EXPECT_EQ(thrsleep(&abort_, &time, &abort_), kEagain);
}

TEST_F(Thrsleep, EintrIfTheAbortWordIsSet) {
  abort_ = 1;
  EXPECT_EQ(thrsleep(&abort_, nullptr, &abort_), kEintr);
}

TEST_F(Thrsleep, EfaultIfTheAbortWordCannotBeRead) {
  Page page;
  page.Revoke();
  EXPECT_EQ(thrsleep(&abort_, nullptr, static_cast<int*>(page.memory())),
            kEfault);
}

TEST_F(Thrsleep, EcanceledAfterASignalThatRestarts) {
  const auto sleep = [this] { return thrsleep(&abort_, nullptr, &abort_); };
  EXPECT_EQ(test::AfterSignal(kernel::End::kSignal, sleep), kEintr);
  EXPECT_EQ(test::AfterSignal(kernel::End::kRestart, sleep), kEcanceled);
}

TEST_F(Thrsleep, AWakeupOfNoneIsOneOfAll) {
  EXPECT_EQ(thrwakeup(&abort_, 1), kEsrch);
  const auto sleep = [this] {
    EXPECT_EQ(thrsleep(&abort_, nullptr, nullptr), 0);
  };
  Thread first(sleep);
  Thread second(sleep);
  Thread third(sleep);
  ASSERT_TRUE(kernel::AwaitAllSleepers(3));
  EXPECT_EQ(thrwakeup(&abort_, 1), 0);
  EXPECT_EQ(kernel::AllSleepers(), 2);
  EXPECT_EQ(thrwakeup(&abort_, 0), 0);
  EXPECT_EQ(kernel::AllSleepers(), 0);
}

TEST_F(Thrsleep, FaultsAreSignalsAndWakesForNoReason) {
  test::ExpectWithFaults<int>({0, kEintr, kEcanceled, kEagain}, [this] {
    const timespec time = TimeOf(kernel::Now() + 100000);
    return thrsleep(&abort_, &time, &abort_);
  });
}

}  // namespace
}  // namespace parkway::os::openbsd
