// SPDX-License-Identifier: Apache-2.0

// futex(2) of 32-bit processors, by kernels of the test's own.
#include "parkway/os/linux/futex_call.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "parkway/os/os.h"

namespace parkway::test {
namespace {

using os::kForever;
using os::kernel::NarrowFutex;
using os::kernel::Time;
using os::kernel::time_of;

// What it was called with, as the kernel would read it.
struct Call {
  long number;
  bool timed;
  std::int64_t seconds;
  std::int64_t nanoseconds;
};

constexpr long kOldNumber = 240;
constexpr long kTime64Number = 422;

// One for each test: what NarrowFutex has learnt stays. `old` is -1 where there
// is no such call.
template <int kTest, bool kFirst, long kOldCall = kOldNumber>
struct FakeKernel {
  static constexpr long kOld = kOldCall;
  static constexpr long kTime64 = kTime64Number;
  static constexpr bool kTime64First = kFirst;

  static inline std::vector<Call> calls;
  static inline long old_result = 0;
  static inline long time64_result = 0;

  static long call(long number, void*, int, std::uint32_t, const void* time) {
    Call made = {number, time != nullptr, 0, 0};
    if (time != nullptr && number == kTime64) {
      Time<std::int64_t> read;
      std::memcpy(&read, time, sizeof read);
      made.seconds = read.seconds;
      made.nanoseconds = read.nanoseconds;
    } else if (time != nullptr) {
      Time<std::int32_t> read;
      std::memcpy(&read, time, sizeof read);
      made.seconds = read.seconds;
      made.nanoseconds = read.nanoseconds;
    }
    calls.push_back(made);
    return number == kTime64 ? time64_result : old_result;
  }
};

constexpr std::int64_t kSecond = 1000000000;

template <class Kernel>
long Wait(std::int64_t deadline) {
  std::uint32_t word = 0;
  return NarrowFutex<Kernel>::call(&word, 0, 0, deadline);
}

TEST(FutexCall, TheNewCallHasWideTimes) {
  using Kernel = FakeKernel<1, true>;
  Kernel::time64_result = -ETIMEDOUT;
  EXPECT_EQ(Wait<Kernel>(5000000000 * kSecond + 17), -ETIMEDOUT);
  ASSERT_EQ(Kernel::calls.size(), 1u);
  EXPECT_EQ(Kernel::calls[0].number, kTime64Number);
  EXPECT_EQ(Kernel::calls[0].seconds, 5000000000);
  EXPECT_EQ(Kernel::calls[0].nanoseconds, 17);
}

TEST(FutexCall, AKernelWithoutItIsAskedOnce) {
  for (const long refusal : {-ENOSYS, -EPERM}) {
    SCOPED_TRACE(refusal);
    const auto check = [&](auto kernel) {
      using Kernel = decltype(kernel);
      Kernel::time64_result = refusal;
      Kernel::old_result = -EAGAIN;
      EXPECT_EQ(Wait<Kernel>(3 * kSecond + 5), -EAGAIN);
      ASSERT_EQ(Kernel::calls.size(), 2u);
      EXPECT_EQ(Kernel::calls[0].number, kTime64Number);
      EXPECT_EQ(Kernel::calls[1].number, kOldNumber);
      EXPECT_EQ(Kernel::calls[1].seconds, 3);
      EXPECT_EQ(Kernel::calls[1].nanoseconds, 5);
      EXPECT_EQ(Wait<Kernel>(kForever), -EAGAIN);
      ASSERT_EQ(Kernel::calls.size(), 3u);
      EXPECT_EQ(Kernel::calls[2].number, kOldNumber);
      EXPECT_FALSE(Kernel::calls[2].timed);
    };
    refusal == -ENOSYS ? check(FakeKernel<2, true>())
                       : check(FakeKernel<3, true>());
  }
}

TEST(FutexCall, AProgramWithNarrowTimesAsksTheOldOne) {
  using Kernel = FakeKernel<4, false>;
  Kernel::old_result = 3;
  EXPECT_EQ(Wait<Kernel>(kSecond), 3);
  ASSERT_EQ(Kernel::calls.size(), 1u);
  EXPECT_EQ(Kernel::calls[0].number, kOldNumber);
  // A kernel that was built without it.
  Kernel::old_result = -ENOSYS;
  Kernel::time64_result = 4;
  EXPECT_EQ(Wait<Kernel>(kSecond), 4);
  EXPECT_EQ(Wait<Kernel>(kSecond), 4);
  ASSERT_EQ(Kernel::calls.size(), 4u);
  EXPECT_EQ(Kernel::calls[2].number, kTime64Number);
  EXPECT_EQ(Kernel::calls[3].number, kTime64Number);
}

TEST(FutexCall, AProcessorWithoutTheOldOneNeverMakesIt) {
  using Kernel = FakeKernel<5, true, -1>;
  Kernel::time64_result = -ENOSYS;
  EXPECT_EQ(Wait<Kernel>(kSecond), -ENOSYS);
  Kernel::time64_result = 0;
  EXPECT_EQ(Wait<Kernel>(kSecond), 0);
  ASSERT_EQ(Kernel::calls.size(), 2u);
  EXPECT_EQ(Kernel::calls[0].number, kTime64Number);
  EXPECT_EQ(Kernel::calls[1].number, kTime64Number);
}

TEST(FutexCall, BothRefuseAndSayTheFirstError) {
  using Kernel = FakeKernel<6, true>;
  Kernel::time64_result = -EPERM;
  Kernel::old_result = -ENOSYS;
  EXPECT_EQ(Wait<Kernel>(kSecond), -EPERM);
}

TEST(FutexCall, TimesThatDoNotFit) {
  EXPECT_EQ(time_of<std::int32_t>(-1).seconds, 0);
  EXPECT_EQ(time_of<std::int32_t>(-1).nanoseconds, 0);
  EXPECT_EQ(time_of<std::int32_t>(kForever - 1).seconds, INT32_MAX);
  EXPECT_EQ(time_of<std::int64_t>(kForever - 1).seconds,
            (kForever - 1) / kSecond);
  EXPECT_EQ(time_of<std::int32_t>(INT32_MAX * kSecond + 999999999).nanoseconds,
            999999999);
}

}  // namespace
}  // namespace parkway::test
