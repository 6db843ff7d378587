// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/report.h"

#include <gtest/gtest.h>

namespace parkway_bench {
namespace {

Sample Took(double seconds) {
  Sample sample;
  sample.seconds_per_op = seconds;
  sample.counters = {{kCpuPerOp, 1e9 * seconds},
                     {kLongestWait, 1},
                     {kFairness, 1},
                     {kSwitches, 0}};
  return sample;
}

Cell Make(const std::string& group, const std::string& subject, Side side,
          bool reference) {
  Cell cell;
  cell.group = group;
  cell.subject = subject;
  cell.threads = 4;
  cell.side = side;
  cell.reference = reference;
  return cell;
}

TEST(Report, ProgramsGiveOneRowWithPairwiseRatios) {
  const Cell stock = Make("program/x", "stock", Side::kStock, true);
  const Cell parkway = Make("program/x", "parkway", Side::kParkway, false);
  const std::vector<Measured> measured = {
      {&stock, {Took(0.1), Took(0.2), Took(0.1)}},
      {&parkway, {Took(0.05), Took(0.3), Took(0.08)}}};
  const Table table = ProgramTable(measured);
  ASSERT_EQ(table.rows.size(), 1u);
  ASSERT_EQ(table.rows[0].size(), table.columns.size());
  EXPECT_EQ(table.rows[0][0], "x");
  EXPECT_EQ(table.rows[0][4], "0.80");
  EXPECT_EQ(table.rows[0][5], "0.50..1.50");
  EXPECT_TRUE(MicroTables(measured).empty());
}

TEST(Report, ALonelyProgramIsNotCompared) {
  const Cell stock = Make("program/x", "stock", Side::kStock, true);
  const Table table = ProgramTable({{&stock, {Took(0.1)}}});
  ASSERT_EQ(table.rows.size(), 1u);
  EXPECT_EQ(table.rows[0].back(), "not compared");
}

TEST(Report, LostCellsAreMarked) {
  const Cell futex =
      Make("MutexContention", "FutexMutex", Side::kParkway, false);
  const Cell sema = Make("MutexContention", "SemaMutex", Side::kParkway, false);
  const Cell standard =
      Make("MutexContention", "std::mutex", Side::kStock, true);
  const Cell spin =
      Make("MutexContention", "tbb::spin_mutex", Side::kStock, false);
  const std::vector<Table> tables = MicroTables({{&futex, {Took(10e-9)}},
                                                 {&sema, {Took(30e-9)}},
                                                 {&standard, {Took(50e-9)}},
                                                 {&spin, {Took(20e-9)}}});
  ASSERT_EQ(tables.size(), 1u);
  ASSERT_EQ(tables[0].rows.size(), 4u);
  for (const std::vector<std::string>& row : tables[0].rows) {
    EXPECT_EQ(row.size(), tables[0].columns.size());
  }
  EXPECT_EQ(tables[0].rows[0].back(), "");
  EXPECT_EQ(tables[0].rows[0][4], "0.20");
  EXPECT_EQ(tables[0].rows[1].back(), "LOSES to tbb::spin_mutex (1.50)");
  EXPECT_EQ(tables[0].rows[3].back(), "");
}

TEST(Report, StacksHaveOursOverEachOfTheOthers) {
  const Cell freelist = Make("StackGrowth", "freelist", Side::kParkway, true);
  const Cell list = Make("StackGrowth", "central_list", Side::kStock, false);
  const Cell malloc = Make("StackGrowth", "malloc", Side::kStock, false);
  const std::vector<Table> tables = MicroTables({{&freelist, {Took(10e-9)}},
                                                 {&list, {Took(100e-9)}},
                                                 {&malloc, {Took(8e-9)}}});
  ASSERT_EQ(tables.size(), 1u);
  EXPECT_EQ(tables[0].columns[1], "stacks");
  EXPECT_EQ(tables[0].columns[4], "freelist / this");
  ASSERT_EQ(tables[0].rows.size(), 3u);
  EXPECT_EQ(tables[0].rows[0][4], "1.00");
  EXPECT_EQ(tables[0].rows[1][4], "0.10");
  EXPECT_EQ(tables[0].rows[2][4], "1.25");
  EXPECT_EQ(tables[0].rows[0].back(), "LOSES to malloc (1.25)");
}

TEST(Report, ALossThatIsNotOneInEveryRunSaysSo) {
  const Cell futex =
      Make("MutexContention", "FutexMutex", Side::kParkway, false);
  const Cell spin =
      Make("MutexContention", "tbb::spin_mutex", Side::kStock, true);
  const std::vector<Table> tables =
      MicroTables({{&futex, {Took(9e-9), Took(11e-9), Took(12e-9)}},
                   {&spin, {Took(10e-9), Took(10e-9), Took(10e-9)}}});
  ASSERT_EQ(tables.size(), 1u);
  ASSERT_EQ(tables[0].rows.size(), 2u);
  EXPECT_EQ(tables[0].rows[0].back(),
            "LOSES to tbb::spin_mutex (1.10, within the spread)");
}

TEST(Report, WhyThereIsNothing) {
  const Table table = NotMeasured("SuspendedTasks", "for no reason");
  EXPECT_EQ(table.title, "SuspendedTasks");
  EXPECT_TRUE(table.columns.empty());
  ASSERT_EQ(table.notes.size(), 1u);
  EXPECT_EQ(table.notes[0], "Not measured: for no reason.");
}

}  // namespace
}  // namespace parkway_bench
