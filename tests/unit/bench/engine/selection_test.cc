// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/selection.h"

#include <gtest/gtest.h>

#include "tests/unit/bench/engine/made_up.h"

namespace parkway_bench {
namespace {

Cell Make(const std::string& group, const std::string& subject, int threads) {
  Cell cell;
  cell.group = group;
  cell.subject = subject;
  cell.threads = threads;
  return cell;
}

TEST(Selection, MatchesSomewhereInTheName) {
  const std::vector<Cell> cells = {Make("G", "a", 1), Make("G", "b", 16),
                                   Make("H", "a", 16)};
  EXPECT_EQ(Select(cells, "").size(), 3u);
  EXPECT_EQ(Select(cells, "^G/").size(), 2u);
  EXPECT_EQ(Select(cells, "/a/threads:16$").at(0), &cells[2]);
  EXPECT_TRUE(Select(cells, "c").empty());
}

TEST(Selection, WantedByNameAndThreads) {
  EXPECT_TRUE(IsWanted("G/a/threads:2", "", {}));
  EXPECT_TRUE(IsWanted("G/a/threads:2", "G", {1, 2}));
  EXPECT_FALSE(IsWanted("G/a/threads:2", "G", {1, 4}));
  EXPECT_FALSE(IsWanted("G/a/threads:2", "H", {}));
  EXPECT_FALSE(IsWanted("nothing", "", {}));
}

TEST(Selection, NeighboursOfAGroupAndAThreadCountAreASet) {
  MadeUp run;
  run.Ours("G", "a", 1, {})
      .Ours("G", "b", 1, {})
      .Ours("G", "a", 2, {})
      .Ours("H", "a", 2, {});
  const std::vector<std::vector<const Cell*>> sets = Sets(run.cells());
  ASSERT_EQ(sets.size(), 3u);
  EXPECT_EQ(sets[0].size(), 2u);
  EXPECT_EQ(sets[1].size(), 1u);
  EXPECT_EQ(sets[2].size(), 1u);
}

TEST(Selection, AGroupThatCannotBeMeasuredSaysWhyOnce) {
  Cell good = Make("G", "a", 1);
  Cell one = Make("H", "a", 1);
  Cell other = Make("H", "b", 1);
  one.why_not = other.why_not = [] { return std::string("for no reason"); };
  std::vector<const Cell*> cells = {&one, &good, &other};
  const std::vector<Table> tables = DropUnmeasurable(&cells);
  EXPECT_EQ(cells, (std::vector<const Cell*>{&good}));
  ASSERT_EQ(tables.size(), 1u);
  EXPECT_EQ(tables[0].title, "H");
}

}  // namespace
}  // namespace parkway_bench
