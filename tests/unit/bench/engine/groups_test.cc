// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/groups.h"

#include <gtest/gtest.h>

#include "tests/unit/bench/engine/made_up.h"

namespace parkway_bench {
namespace {

TEST(Groups, Durations) {
  EXPECT_EQ(Duration(0), "1 s");
  EXPECT_EQ(Duration(0.3), "1 s");
  EXPECT_EQ(Duration(3.2), "4 s");
  EXPECT_EQ(Duration(43), "45 s");
  EXPECT_EQ(Duration(100), "2 min");
  EXPECT_EQ(Duration(299), "5 min");
}

TEST(Groups, AreListedInTheirOrder) {
  MadeUp cells;
  cells.Ours("WakeToRun", "a", 2, {})
      .Theirs("WakeToRun", "b", 2, {})
      .Ours("MutexContention", "a", 1, {})
      .Ours("WakeToRun", "c", 2, {});
  const Table table = GroupTable(cells.cells(), 5);
  ASSERT_EQ(table.rows.size(), 2u);
  for (const std::vector<std::string>& row : table.rows) {
    ASSERT_EQ(row.size(), table.columns.size());
    EXPECT_FALSE(row.back().empty()) << row[0];
  }
  EXPECT_EQ(table.rows[0][0], "WakeToRun");
  EXPECT_EQ(table.rows[0][1], "3");
  EXPECT_EQ(table.rows[1][0], "MutexContention");
  EXPECT_EQ(table.rows[1][1], "1");
  EXPECT_EQ(table.rows[0][2], Duration(SecondsFor(cells.cells(), 5) -
                                       5 * SecondsOnce(*cells.cells()[2])));
}

TEST(Groups, TimeGrowsWithRunsAndThreads) {
  MadeUp cells;
  cells.Ours("MutexContention", "a", 1, {})
      .Ours("MutexContention", "a", 16, {});
  const std::vector<const Cell*> all = cells.cells();
  EXPECT_GT(SecondsOnce(*all[0]), 0);
  EXPECT_GT(SecondsOnce(*all[1]), SecondsOnce(*all[0]));
  EXPECT_DOUBLE_EQ(SecondsFor(all, 10), 2 * SecondsFor(all, 5));
}

TEST(Groups, OneThatIsNotKnownHasATimeAndNoWords) {
  MadeUp cells;
  cells.Ours("NoSuchGroup", "a", 1, {});
  EXPECT_EQ(WhatGroupIs("NoSuchGroup"), "");
  EXPECT_GT(SecondsOnce(*cells.cells()[0]), 0);
}

TEST(Groups, LongOnesSaySo) {
  MadeUp cells;
  cells.Ours("FiberSkynet/10000", "a", 16, {}).Ours("NoteWake", "a", 1, {});
  const std::string line =
      LongGroupLine("FiberSkynet/10000", cells.cells(), 500);
  EXPECT_EQ(line, "FiberSkynet/10000: 1 cell, about 5 min");
  EXPECT_EQ(LongGroupLine("FiberSkynet/10000", cells.cells(), 1), "");
  EXPECT_EQ(LongGroupLine("NoteWake", cells.cells(), 5), "");
}

}  // namespace
}  // namespace parkway_bench
