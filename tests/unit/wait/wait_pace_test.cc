// SPDX-License-Identifier: Apache-2.0

#include "parkway/wait/wait_pace.h"

#include <gtest/gtest.h>

namespace parkway::test {
namespace {

constexpr std::int64_t kShort = WaitPace::kQuickNs - 1;
constexpr std::int64_t kLong = WaitPace::kQuickNs;
constexpr std::int64_t kSlice = WaitPace::kSliceNs;

TEST(WaitPace, YieldsAfterAShortWait) {
  WaitPace pace;
  EXPECT_FALSE(pace.yields());
  pace.ended_after(kShort);
  EXPECT_TRUE(pace.yields());
  pace.ended_after(0);
  EXPECT_TRUE(pace.yields());
}

TEST(WaitPace, DoesNotAfterALongOneOrATimeout) {
  WaitPace pace;
  pace.ended_after(kLong);
  EXPECT_FALSE(pace.yields());
  pace.ended_after(kShort);
  pace.timed_out();
  EXPECT_FALSE(pace.yields());
}

// How many short waits it takes until the next one yields.
int LeftOut(WaitPace& pace) {
  int waits = 0;
  for (; !pace.yields(); ++waits) pace.ended_after(kShort);
  return waits;
}

TEST(WaitPace, LeavesYieldsOutThatCostATimeSlice) {
  WaitPace pace;
  EXPECT_EQ(LeftOut(pace), 1);
  for (int left_out = 1; left_out <= 1 << 16; left_out *= 2) {
    pace.ended_after(kSlice);
    EXPECT_EQ(LeftOut(pace), left_out);
  }
  // No more than that.
  pace.ended_after(kSlice);
  EXPECT_EQ(LeftOut(pace), 1 << 16);
  // One that did not makes up for all.
  pace.ended_after(kShort);
  pace.ended_after(kSlice);
  EXPECT_EQ(LeftOut(pace), 1);
}

TEST(WaitPace, LessThanATimeSliceIsNoReason) {
  WaitPace pace;
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(LeftOut(pace), 1);
    pace.ended_after(kSlice - 1);
  }
}

// Long waits without yields say nothing of yields.
TEST(WaitPace, LongWaitsWithoutYieldsDoNotCount) {
  WaitPace pace;
  for (int i = 0; i < 100; ++i) pace.ended_after(kSlice);
  EXPECT_EQ(LeftOut(pace), 1);
}

}  // namespace
}  // namespace parkway::test
