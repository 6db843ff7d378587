// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/charts.h"

#include <gtest/gtest.h>

#include "tests/unit/bench/engine/made_up.h"

namespace parkway_bench {
namespace {

using Row = std::vector<std::string>;

std::vector<std::string> RowNames(const ChartSeries& series) {
  std::vector<std::string> names;
  for (const ChartPoint& point : series.points) {
    names.push_back(point.row);
  }
  return names;
}

TEST(Charts, ALineForEachSubjectOfTheGroup) {
  MadeUp run;
  run.Ours("G", "a", 1, {2e-9, 1e-9, 3e-9})
      .Theirs("G", "b", 1, {5e-9})
      .Theirs("Other", "b", 1, {7e-9})
      .Ours("G", "a", 16, {4e-9})
      .Theirs("G", "hangs", 16, {9e-9})
      .Lost();
  const Chart chart = TimeChart(run.measured(), "G");
  EXPECT_EQ(chart.unit, "ns");
  EXPECT_EQ(chart.x, "threads");
  ASSERT_EQ(chart.series.size(), 2u);
  const ChartSeries& ours = chart.series[0];
  EXPECT_EQ(ours.name, "a");
  EXPECT_TRUE(ours.ours);
  ASSERT_EQ(ours.points.size(), 2u);
  EXPECT_EQ(ours.points[0].x, 1);
  EXPECT_DOUBLE_EQ(ours.points[0].y.median, 2);
  EXPECT_DOUBLE_EQ(ours.points[0].y.min, 1);
  EXPECT_DOUBLE_EQ(ours.points[0].y.max, 3);
  EXPECT_EQ(ours.points[1].x, 16);
  EXPECT_EQ(chart.series[1].name, "b");
  EXPECT_FALSE(chart.series[1].ours);
  EXPECT_EQ(chart.series[1].points.size(), 1u);
}

TEST(Charts, RatiosOfProgramsWithTheWorstFirst) {
  MadeUp run;
  run.Ours("program/x", "parkway", 1, {1, 1.5, 1})
      .Theirs("program/x", "stock", 1, {2, 2, 2})
      .Ours("program/x", "parkway", 4, {3, 3, 3})
      .Theirs("program/x", "stock", 4, {2, 2, 2})
      .Ours("G", "a", 1, {5})
      .Theirs("G", "b", 1, {1});
  std::vector<Measured> measured = run.measured();
  for (Sample& sample : measured[0].samples) {
    sample.counters[kCpuPerOp] = 30;
  }
  for (Sample& sample : measured[1].samples) {
    sample.counters[kCpuPerOp] = 20;
  }
  const Chart chart = RatioChart(measured, IsProgram);
  EXPECT_EQ(chart.rule, 1);
  ASSERT_EQ(chart.series.size(), 2u);
  EXPECT_EQ(chart.series[0].name, "time");
  EXPECT_EQ(RowNames(chart.series[0]), (Row{"x, 4 threads", "x, 1 thread"}));
  EXPECT_EQ(chart.series[0].points[1].y.median, 0.5);
  EXPECT_EQ(chart.series[0].points[1].y.max, 0.75);
  EXPECT_EQ(RowNames(chart.series[1]), (Row{"x, 1 thread"}));
  EXPECT_EQ(chart.series[1].points[0].y.median, 1.5);
  EXPECT_TRUE(RatioChart(measured, IsTasks).series.empty());
}

TEST(Charts, LostCellsWithTheWorstFirst) {
  MadeUp run;
  run.Ours("G", "a", 1, {3, 3})
      .Ours("G", "better", 1, {1, 1})
      .Theirs("G", "b", 1, {2, 2})
      .Ours("program/x", "parkway", 2, {1, 9})
      .Theirs("program/x", "stock", 2, {2, 2})
      .Theirs("T", "stock", 4, {2, 2})
      .Ours("T", "parkway", 4, {2, 2})
      .Lost();
  const SheetSection lost = LostCells(run.measured());
  EXPECT_TRUE(lost.open);
  EXPECT_EQ(lost.table.notes,
            (Row{"In 3 of 4 cells parkway is slower than the best other."}));
  EXPECT_EQ(
      lost.table.rows,
      (std::vector<Row>{
          {"T", "parkway", "4", "stock", "-", "-", "does not finish"},
          {"x", "parkway", "2", "stock", "2.50", "0.50..4.50",
           "LOSES, within the spread"},
          {"G", "a", "1", "b", "1.50", "1.50..1.50", "LOSES in every run"}}));
  for (const Row& row : lost.table.rows) {
    EXPECT_EQ(row.size(), lost.table.columns.size());
  }
  ASSERT_EQ(lost.chart.series.size(), 1u);
  EXPECT_EQ(RowNames(lost.chart.series[0]),
            (Row{"x, parkway, 2 threads", "G, a, 1 thread"}));
  EXPECT_EQ(lost.chart.note, "");
}

TEST(Charts, NothingIsLost) {
  MadeUp run;
  run.Ours("G", "a", 1, {1}).Theirs("G", "b", 1, {2});
  const SheetSection lost = LostCells(run.measured());
  EXPECT_EQ(lost.table.notes,
            (Row{"In 0 of 1 cells parkway is slower than the best other."}));
  EXPECT_TRUE(lost.table.columns.empty());
  EXPECT_TRUE(lost.chart.series.empty());
  EXPECT_EQ(LostCells({}).table.notes, (Row{"Nothing is compared."}));
}

TEST(Charts, FiguresOfManyRowsHaveTheWorst) {
  MadeUp run;
  for (int threads = 1; threads <= 21; ++threads) {
    run.Ours("G", "a", threads, {1.0 + threads}).Theirs("G", "b", threads, {1});
  }
  const SheetSection lost = LostCells(run.measured());
  EXPECT_EQ(lost.table.rows.size(), 21u);
  const std::vector<std::string> names = RowNames(lost.chart.series.at(0));
  ASSERT_EQ(names.size(), 20u);
  EXPECT_EQ(names.front(), "G, a, 21 threads");
  EXPECT_EQ(names.back(), "G, a, 2 threads");
  EXPECT_EQ(lost.chart.note, "The worst 20 of 21.");
}

TEST(Charts, ThenAndNow) {
  MadeUp run;
  run.Ours("G", "a", 1, {1});
  const Cell* const cell = run.measured()[0].cell;
  Changes changes;
  changes.cells = {{cell, "b", {1, 0.9, 1.1}, {2, 1.9, 2.1}, Shift::kRegressed},
                   {cell, "b", {1, 1, 1}, {}, Shift::kRegressed, false},
                   {cell, "b", {1, 1, 1}, {1, 1, 1}, Shift::kUnchanged}};
  const Chart chart = ChangesChart(changes);
  ASSERT_EQ(chart.series.size(), 2u);
  EXPECT_FALSE(chart.series[0].ours);
  EXPECT_TRUE(chart.series[1].ours);
  for (const ChartSeries& series : chart.series) {
    EXPECT_EQ(RowNames(series), (Row{"G, a, 1 thread"}));
  }
  EXPECT_EQ(chart.series[0].points[0].y.median, 1);
  EXPECT_EQ(chart.series[1].points[0].y.median, 2);
  EXPECT_TRUE(ChangesChart({}).series.empty());
}

}  // namespace
}  // namespace parkway_bench
