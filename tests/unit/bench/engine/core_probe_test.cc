// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/core_probe.h"

#include <gtest/gtest.h>

namespace parkway_bench {
namespace {

TEST(CoreProbe, TakesTime) { EXPECT_GT(CoreProbe(), 0); }

TEST(CoreProbe, BusyIsAboveTheFastestByAQuarter) {
  EXPECT_EQ(BusyCores({}), 0);
  EXPECT_EQ(BusyCores({2}), 0);
  EXPECT_EQ(BusyCores({2.4, 2, 2.2}), 0);
  EXPECT_EQ(BusyCores({3, 2, 2.4, 2.6}), 0.5);
}

}  // namespace
}  // namespace parkway_bench
