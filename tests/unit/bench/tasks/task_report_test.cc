// SPDX-License-Identifier: Apache-2.0

#include "bench/tasks/task_report.h"

#include <gtest/gtest.h>

#include "bench/engine/report.h"

namespace parkway_bench {
namespace {

Sample Took(double seconds) {
  Sample sample;
  sample.seconds_per_op = seconds;
  return sample;
}

Sample Lost(const std::string& why) {
  Sample sample;
  sample.lost = why;
  return sample;
}

Cell Make(const std::string& group, Side side) {
  Cell cell;
  cell.group = group;
  cell.side = side;
  return cell;
}

TEST(TaskReport, OneRowForBothSides) {
  const Cell stock = Make("SuspendedTasks/self", Side::kStock);
  const Cell parkway = Make("SuspendedTasks/self", Side::kParkway);
  Sample with_memory = Took(100e-9);
  with_memory.counters[kResident] = 12;
  const std::vector<Measured> measured = {
      {&stock, {Took(500e-9), Took(400e-9)}},
      {&parkway, {with_memory, with_memory}}};
  const Table table = TaskTable(measured);
  ASSERT_EQ(table.rows.size(), 1u);
  ASSERT_EQ(table.rows[0].size(), table.columns.size());
  EXPECT_EQ(table.rows[0][0], "self");
  EXPECT_EQ(table.rows[0][2], "450");
  EXPECT_EQ(table.rows[0][3], "100");
  EXPECT_EQ(table.rows[0][5], "0.20..0.25");
  EXPECT_EQ(table.rows[0][6], "-");
  EXPECT_EQ(table.rows[0][7], "12.0");
  EXPECT_EQ(table.rows[0].back(), "faster in every run");
  EXPECT_TRUE(MicroTables(measured).empty());
  EXPECT_TRUE(ProgramTable(measured).rows.empty());
}

TEST(TaskReport, LostRunsAreCountedAndNotCompared) {
  const Cell stock = Make("SuspendedTasks/self", Side::kStock);
  const Cell parkway = Make("SuspendedTasks/self", Side::kParkway);
  const Table table =
      TaskTable({{&stock, {Lost("hung"), Took(400e-9), Took(400e-9)}},
                 {&parkway, {Took(100e-9), Took(200e-9), Lost("hung")}}});
  ASSERT_EQ(table.rows.size(), 1u);
  EXPECT_EQ(table.rows[0][2], "400 (1 of 3 hung)");
  EXPECT_EQ(table.rows[0][3], "150 (1 of 3 hung)");
  EXPECT_EQ(table.rows[0][4], "0.50");
  EXPECT_EQ(table.rows[0][5], "0.50..0.50");
}

TEST(TaskReport, SaysWhoDoesNotFinish) {
  const Cell stock = Make("SuspendedTasks/100000", Side::kStock);
  const Cell parkway = Make("SuspendedTasks/100000", Side::kParkway);
  Table table =
      TaskTable({{&stock, {Lost("crashed")}}, {&parkway, {Took(3e-6)}}});
  ASSERT_EQ(table.rows.size(), 1u);
  EXPECT_EQ(table.rows[0][2], "crashed");
  EXPECT_EQ(table.rows[0][4], "-");
  EXPECT_EQ(table.rows[0].back(), "stock does not finish");
  table = TaskTable({{&stock, {Took(3e-6)}}, {&parkway, {Lost("crashed")}}});
  ASSERT_EQ(table.rows.size(), 1u);
  EXPECT_EQ(table.rows[0].back(), "LOSES: does not finish");
}

TEST(TaskReport, AloneAndBesideOthers) {
  const Cell stock = Make("SuspendedTasks/self", Side::kStock);
  const Cell lock = Make("MutexContention", Side::kStock);
  const Table table =
      TaskTable({{&lock, {Took(1e-9)}}, {&stock, {Took(500e-9)}}});
  ASSERT_EQ(table.rows.size(), 1u);
  EXPECT_EQ(table.rows[0][2], "500");
  EXPECT_EQ(table.rows[0][3], "-");
  EXPECT_EQ(table.rows[0].back(), "not compared");
}

}  // namespace
}  // namespace parkway_bench
