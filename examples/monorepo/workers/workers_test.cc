// SPDX-License-Identifier: Apache-2.0

#include "workers/workers.h"

#include <atomic>
#include <vector>

#include "gtest/gtest.h"

namespace example {
namespace {

TEST(Workers, EachIndexOnce) {
  std::vector<int> calls(16);
  InParallel(16, [&](int index) { ++calls[index]; });
  EXPECT_EQ(calls, std::vector<int>(16, 1));
}

TEST(Workers, RoundsDoNotOverlap) {
  constexpr int kThreads = 4, kRounds = 200;
  std::vector<std::atomic<int>> arrived(kRounds);
  InRounds(kThreads, kRounds, [&](int, int round) {
    ++arrived[round];
    if (round > 0) EXPECT_EQ(arrived[round - 1], kThreads);
    if (round + 1 < kRounds) EXPECT_EQ(arrived[round + 1], 0);
  });
}

}  // namespace
}  // namespace example
