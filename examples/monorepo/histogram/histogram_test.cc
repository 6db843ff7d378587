// SPDX-License-Identifier: Apache-2.0

#include "histogram/histogram.h"

#include <string>

#include "gtest/gtest.h"
#include "oneapi/tbb/global_control.h"

namespace example {
namespace {

TEST(Histogram, AllWaysAgree) {
  std::string text;
  Histogram want{};
  for (int i = 0; i < 100000; ++i) {
    text.push_back(static_cast<char>(i * i % 251));
    ++want[static_cast<unsigned char>(text.back())];
  }
  for (int threads : {1, 2, 8}) {
    const tbb::global_control limit(
        tbb::global_control::max_allowed_parallelism, threads);
    EXPECT_EQ(CountWithLocks(text), want) << threads;
    EXPECT_EQ(CountPerThread(text), want) << threads;
    EXPECT_EQ(CountByHalves(text), want) << threads;
    EXPECT_EQ(CountReducing(text), want) << threads;
  }
}

}  // namespace
}  // namespace example
