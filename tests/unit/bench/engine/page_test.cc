// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/page.h"

#include <gtest/gtest.h>

#include <sstream>

#include "tests/unit/bench/engine/made_up.h"

namespace parkway_bench {
namespace {

TEST(Page, BeginsWithTheShortVersion) {
  Table table;
  table.title = "MutexContention";
  table.columns = {"threads"};
  table.rows = {{"1"}};
  std::ostringstream out;
  WriteMarkdown({{"cpu", "one"}}, {{"Lost: nothing."}, {"Really.", true}},
                {table}, out);
  EXPECT_EQ(out.str(),
            "- cpu: one\n"
            "\n"
            "## In short\n"
            "\n"
            "- Lost: nothing.\n"
            "  - Really.\n"
            "\n"
            "### MutexContention\n"
            "\n"
            "| threads |\n"
            "|---:|\n"
            "| 1 |\n");
}

TEST(Page, HeadIsInColumns) {
  std::ostringstream out;
  PrintHead({{"cpu", "one"}, {"usable cpus", "2"}}, out);
  EXPECT_EQ(out.str(), "cpu          one\nusable cpus  2\n");
}

TEST(Page, OtherLoad) {
  EXPECT_EQ(Noise(0.02, {}),
            (Description{{"other load", "2 % of the machine"}}));
  EXPECT_EQ(Noise(0.2, {}),
            (Description{
                {"other load",
                 "20 % of the machine: NOISY, measure on a quiet machine"}}));
  EXPECT_TRUE(Noise(-1, {}).empty());
}

TEST(Page, SharedCoresAreOfAllWindows) {
  MadeUp run;
  run.Ours("G", "a", 1, {1, 1, 1, 1});
  EXPECT_TRUE(Noise(-1, run.measured()).empty());
  std::vector<Measured> measured = run.measured();
  for (Sample& sample : measured[0].samples) {
    sample.counters[kCoreProbe] = 100;
  }
  measured[0].samples[3].counters[kCoreProbe] = 200;
  EXPECT_EQ(Noise(-1, measured),
            (Description{{"shared cores",
                          "after 25 % of 4 windows a loop without memory took "
                          "more than 1.25 of its least time"}}));
}

}  // namespace
}  // namespace parkway_bench
