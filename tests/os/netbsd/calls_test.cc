// SPDX-License-Identifier: Apache-2.0

// The stand-in of NetBSD's calls: each result that the pages name.
#include "parkway/os/netbsd/calls.h"

#include <atomic>
#include <cstdint>

#include "tests/os/calls_test.h"
#include "tests/os/errors.h"

namespace parkway::os::netbsd {
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
  EXPECT_EQ(futex(&word_, kWait, 6, nullptr), kEagain);
}

TEST_F(Futex, EfaultIfTheWordCannotBeRead) {
  Page page;
  page.Revoke();
  EXPECT_EQ(futex(page.memory(), kWait, 0, nullptr), kEfault);
  EXPECT_EQ(futex(page.memory(), kWake, 1, nullptr), 0);
}

TEST_F(Futex, EinvalForATimeOrANumberThatIsNone) {
  for (const timespec& bad : test::kBadTimes) {
    EXPECT_EQ(futex(&word_, kWait, 5, &bad), kEinval);
  }
  EXPECT_EQ(futex(&word_, kWake, -1, nullptr), kEinval);
  EXPECT_EQ(futex(&word_, 77, 5, nullptr), kEnosys);
}

TEST_F(Futex, ATimeIsRelative) {
  const std::int64_t start = kernel::Now();
  const timespec time = TimeOf(kMillisecond);
  EXPECT_EQ(futex(&word_, kWait, 5, &time), kEtimedout);
  EXPECT_GE(kernel::Now(), start + kMillisecond);
}

TEST_F(Futex, EintrAfterASignal) {
  for (const auto how : {kernel::End::kSignal, kernel::End::kRestart}) {
    EXPECT_EQ(test::AfterSignal(
                  how, [this] { return futex(&word_, kWait, 5, nullptr); }),
              kEintr);
  }
}

TEST_F(Futex, AWakeWakesSoMany) {
  const auto sleep = [this] { EXPECT_EQ(futex(&word_, kWait, 5, nullptr), 0); };
  Thread first(sleep);
  Thread second(sleep);
  Thread third(sleep);
  ASSERT_TRUE(kernel::AwaitAllSleepers(3));
  EXPECT_EQ(futex(&word_, kFutexWake, INT32_MAX, nullptr), 0);
  EXPECT_EQ(futex(&word_, kWake, 0, nullptr), 0);
  EXPECT_EQ(kernel::AllSleepers(), 3);
  EXPECT_EQ(futex(&word_, kWake, 2, nullptr), 0);
  EXPECT_EQ(kernel::AllSleepers(), 1);
  EXPECT_EQ(futex(&word_, kWake, INT32_MAX, nullptr), 0);
  EXPECT_EQ(kernel::AllSleepers(), 0);
}

TEST_F(Futex, FaultsAreSignalsAndWakesForNoReason) {
  test::ExpectWithFaults<int>({0, kEintr, kEtimedout}, [this] {
    const timespec time = TimeOf(100000);
    return futex(&word_, kWait, 5, &time);
  });
}

TEST(Park, EalreadyAfterOneUnparkOrMore) {
  EXPECT_EQ(lwp_unpark(lwp_self(), nullptr), 0);
  EXPECT_EQ(lwp_unpark(lwp_self(), nullptr), 0);
  EXPECT_EQ(lwp_park(nullptr, nullptr), kEalready);
  // It remembers one.
  const timespec time = TimeOf(kernel::Now() + kMillisecond);
  EXPECT_EQ(lwp_park(&time, nullptr), kEtimedout);
}

TEST(Park, EtimedoutAtAnAbsoluteTime) {
  const std::int64_t end = kernel::Now() + kMillisecond;
  const timespec time = TimeOf(end);
  EXPECT_EQ(lwp_park(&time, nullptr), kEtimedout);
  EXPECT_GE(kernel::Now(), end);
  // Before it looks whether it was unparked.
  EXPECT_EQ(lwp_unpark(lwp_self(), nullptr), 0);
  EXPECT_EQ(lwp_park(&time, nullptr), kEtimedout);
  EXPECT_EQ(lwp_park(nullptr, nullptr), kEalready);
}

TEST(Park, EinvalForATimeThatIsNone) {
  for (const timespec& bad : test::kBadTimes) {
    EXPECT_EQ(lwp_park(&bad, nullptr), kEinval);
  }
}

TEST(Park, EintrAfterASignal) {
  for (const auto how : {kernel::End::kSignal, kernel::End::kRestart}) {
    EXPECT_EQ(test::AfterSignal(how, [] { return lwp_park(nullptr, nullptr); }),
              kEintr);
  }
}

TEST(Park, AnUnparkEndsItsThreadsPark) {
  std::atomic<int> number{0};
  Thread sleeper([&] {
    number = lwp_self();
    EXPECT_EQ(lwp_park(nullptr, nullptr), 0);
  });
  ASSERT_TRUE(kernel::AwaitAllSleepers(1));
  EXPECT_NE(number, lwp_self());
  EXPECT_EQ(lwp_unpark(lwp_self(), nullptr), 0);
  EXPECT_EQ(kernel::AllSleepers(), 1);
  EXPECT_EQ(lwp_unpark(number, nullptr), 0);
  sleeper.Join();
  EXPECT_EQ(lwp_park(nullptr, nullptr), kEalready);
}

TEST(Park, EsrchIfThereIsNoSuchThread) {
  int gone = 0;
  Thread([&gone] { gone = lwp_self(); }).Join();
  // Joined is not yet gone, to the host.
  EXPECT_TRUE(
      test::Eventually([gone] { return lwp_unpark(gone, nullptr) == kEsrch; }));
}

TEST(Park, FaultsAreSignalsAndWakesForNoReason) {
  test::ExpectWithFaults<int>({0, kEintr, kEtimedout}, [] {
    const timespec time = TimeOf(kernel::Now() + 100000);
    return lwp_park(&time, nullptr);
  });
}

}  // namespace
}  // namespace parkway::os::netbsd
