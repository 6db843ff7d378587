// SPDX-License-Identifier: Apache-2.0

#include "parkway/base/deadline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <limits>
#include <ratio>
#include <vector>

namespace parkway::test {
namespace {

using internal::deadline_after;
using testing::AllOf;
using testing::ElementsAre;
using testing::Ge;
using testing::Le;

// deadline_after(d), and that it lies `ns` after some moment of the call.
template <class Duration>
void ExpectAfter(Duration d, std::int64_t ns) {
  const std::int64_t before = os::nanotime();
  const std::int64_t deadline = deadline_after(d);
  const std::int64_t after = os::nanotime();
  EXPECT_THAT(deadline, AllOf(Ge(before + ns), Le(after + ns)));
}

TEST(Deadline, IsNowPlusTheDuration) {
  ExpectAfter(std::chrono::nanoseconds(1), 1);
  ExpectAfter(std::chrono::microseconds(3), 3000);
  ExpectAfter(std::chrono::seconds(2), 2000000000);
  ExpectAfter(std::chrono::hours(24 * 365), 31536000000000000);
  ExpectAfter(std::chrono::duration<double>(0.5), 500000000);
}

TEST(Deadline, RoundsUpToANanosecond) {
  ExpectAfter(std::chrono::duration<int, std::pico>(1), 1);
  ExpectAfter(std::chrono::duration<int, std::pico>(1001), 2);
  ExpectAfter(std::chrono::duration<double, std::nano>(0.25), 1);
  ExpectAfter(std::chrono::duration<int, std::ratio<1, 3>>(1), 333333334);
}

TEST(Deadline, NoTimeIsNow) {
  ExpectAfter(std::chrono::nanoseconds(0), 0);
  ExpectAfter(std::chrono::nanoseconds(-1), 0);
  ExpectAfter(std::chrono::nanoseconds::min(), 0);
  ExpectAfter(std::chrono::hours::min(), 0);
  ExpectAfter(std::chrono::duration<double>(-1e300), 0);
  ExpectAfter(
      std::chrono::duration<double>(-std::numeric_limits<double>::infinity()),
      0);
}

TEST(Deadline, TooLongIsForEver) {
  EXPECT_EQ(deadline_after(std::chrono::nanoseconds::max()), os::kForever);
  EXPECT_EQ(deadline_after(std::chrono::hours::max()), os::kForever);
  EXPECT_EQ(deadline_after(std::chrono::duration<std::int64_t>::max()),
            os::kForever);
  EXPECT_EQ(deadline_after(std::chrono::duration<float>(1e30f)), os::kForever);
  EXPECT_EQ(deadline_after(std::chrono::duration<double>(
                std::numeric_limits<double>::infinity())),
            os::kForever);
}

// A clock that the test sets.
struct SetClock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<SetClock>;
  [[maybe_unused]] static constexpr bool is_steady = false;
  static time_point now() { return time_point(duration(time)); }
  static inline std::int64_t time = 0;
};

TEST(WaitUntil, AsksTheClockAgainUntilItsTimeHasCome) {
  SetClock::time = 1000;
  std::vector<std::int64_t> left;
  const bool in_time = internal::wait_until(
      SetClock::time_point(SetClock::duration(2000)),
      [&left](std::int64_t deadline) {
        left.push_back((deadline - os::nanotime() + 60000000000) / 60000000000);
        // Set back once, then forward to the time, then beyond it.
        SetClock::time = left.size() == 1 ? 500 : 2000;
        return false;
      });
  EXPECT_FALSE(in_time);
  EXPECT_EQ(SetClock::time, 2000);
  // The last one with no time left, so that what can be had at once is had.
  EXPECT_EQ(left.size(), 3u);
}

TEST(WaitUntil, EndsWithTheFirstSuccess) {
  SetClock::time = 0;
  int calls = 0;
  EXPECT_TRUE(internal::wait_until(SetClock::time_point(SetClock::duration(5)),
                                   [&calls](std::int64_t) {
                                     ++calls;
                                     return calls == 2;
                                   }));
  EXPECT_EQ(calls, 2);
}

TEST(WaitUntil, TheLastCallHasNoTimeLeft) {
  SetClock::time = 10;
  std::vector<bool> past;
  EXPECT_FALSE(
      internal::wait_until(SetClock::time_point(SetClock::duration(10)),
                           [&past](std::int64_t deadline) {
                             past.push_back(deadline <= os::nanotime());
                             return false;
                           }));
  EXPECT_THAT(past, ElementsAre(true));
}

TEST(WaitUntil, TheEndsOfTime) {
  SetClock::time = 1000;
  int calls = 0;
  EXPECT_FALSE(internal::wait_until(SetClock::time_point::min(),
                                    [&calls](std::int64_t deadline) {
                                      ++calls;
                                      EXPECT_LE(deadline, os::nanotime());
                                      return false;
                                    }));
  EXPECT_EQ(calls, 1);
  SetClock::time = -1000;
  EXPECT_TRUE(internal::wait_until(
      SetClock::time_point::max(), [](std::int64_t deadline) {
        return deadline - os::nanotime() > 1000000000000000;
      }));
  EXPECT_TRUE(internal::wait_until(
      std::chrono::time_point<SetClock, std::chrono::hours>::max(),
      [](std::int64_t deadline) {
        return deadline - os::nanotime() > 1000000000000000;
      }));
}

}  // namespace
}  // namespace parkway::test
