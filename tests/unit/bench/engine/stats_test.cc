// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/stats.h"

#include <gtest/gtest.h>

namespace parkway_bench {
namespace {

TEST(Stats, SpreadOfOddAndEvenCounts) {
  EXPECT_EQ(SpreadOf({3, 1, 2}).median, 2);
  EXPECT_EQ(SpreadOf({4, 1, 2, 3}).median, 2.5);
  const Spread spread = SpreadOf({5, -1, 2});
  EXPECT_EQ(spread.min, -1);
  EXPECT_EQ(spread.max, 5);
}

TEST(Stats, RatiosPairNeighbours) {
  EXPECT_EQ(PairwiseRatios({2, 9, 5}, {4, 3}), (std::vector<double>{0.5, 3}));
  EXPECT_EQ(PairwiseRatios({2, 9}, {0, 3}), std::vector<double>{3});
}

TEST(Stats, MeanAndDeviation) {
  EXPECT_EQ(Mean({}), 0);
  EXPECT_EQ(Mean({1, 3}), 2);
  EXPECT_EQ(StandardDeviation({7}), 0);
  EXPECT_DOUBLE_EQ(StandardDeviation({1, 3}), 1.4142135623730951);
}

}  // namespace
}  // namespace parkway_bench
