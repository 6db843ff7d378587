// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/baseline.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "bench/engine/baseline_report.h"
#include "tests/unit/bench/engine/made_up.h"

namespace parkway_bench {
namespace {

// The JSON of a run, as Google Benchmark lays it out.
std::string Json(const std::vector<Measured>& measured) {
  std::vector<std::string> runs;
  for (const Measured& one : measured) {
    const std::string name = one.cell->Name();
    for (std::size_t i = 0; i < one.samples.size(); ++i) {
      const Sample& sample = one.samples[i];
      runs.push_back(absl::StrCat(
          R"({"name": ")", name, R"(", "run_name": ")", name,
          R"(", "run_type": "iteration", "repetition_index": )", i,
          sample.lost.empty()
              ? absl::StrCat(R"(, "real_time": )", sample.seconds_per_op * 1e9,
                             R"(, "time_unit": "ns"})")
              : R"(, "error_occurred": true, "error_message": "hung"})"));
    }
    runs.push_back(absl::StrCat(R"({"name": ")", name,
                                R"(_mean", "run_type": "aggregate"})"));
  }
  return absl::StrCat(
      R"({"context": {"date": "2026-11-30T15:04:05+00:00", "cpu": "C"},)",
      R"("benchmarks": [)", absl::StrJoin(runs, ","), "]}");
}

Baseline BaselineOf(const MadeUp& run) {
  Baseline baseline;
  std::string error;
  EXPECT_TRUE(ParseBaseline(Json(run.measured()), &baseline, &error)) << error;
  return baseline;
}

Changes Compared(const MadeUp& before, const MadeUp& now) {
  return Since(BaselineOf(before), now.measured(), {},
               [](const std::string&) { return true; });
}

MadeUp TwoLocks(std::vector<double> ours, std::vector<double> theirs) {
  MadeUp run;
  run.Ours("G", "Lock", 2, std::move(ours));
  run.Theirs("G", "other", 2, std::move(theirs));
  return run;
}

TEST(Baseline, ReadsTimesByRepetition) {
  MadeUp run = TwoLocks({2, 4}, {1, 1});
  run.Theirs("H", "hangs", 1, {1, 1}).Lost();
  const Baseline baseline = BaselineOf(run);
  EXPECT_EQ(baseline.Date(), "2026-11-30");
  EXPECT_EQ(baseline.context.at("cpu"), "C");
  ASSERT_EQ(baseline.cells.size(), 3u);
  const auto& times = baseline.cells.at("G/Lock/threads:2");
  ASSERT_EQ(times.size(), 2u);
  EXPECT_NEAR(times[0].value(), 2, 1e-6);
  EXPECT_NEAR(times[1].value(), 4, 1e-6);
  EXPECT_FALSE(baseline.cells.at("H/hangs/threads:1")[0].has_value());
}

TEST(Baseline, TimeUnits) {
  Baseline baseline;
  std::string error;
  ASSERT_TRUE(ParseBaseline(
      R"({"benchmarks": [{"name": "G/a/threads:1", "run_type": "iteration",
          "real_time": 5, "time_unit": "ms"}]})",
      &baseline, &error));
  EXPECT_DOUBLE_EQ(baseline.cells.at("G/a/threads:1")[0].value(), 5e-3);
}

// Only the ratio counts: all of this machine is ten times as slow.
TEST(Baseline, TimesAreNotCompared) {
  const Changes changes = Compared(TwoLocks({2, 2, 2}, {1, 1, 1}),
                                   TwoLocks({20, 20, 20}, {10, 10, 10}));
  ASSERT_EQ(changes.cells.size(), 1u);
  EXPECT_EQ(changes.cells[0].shift, Shift::kUnchanged);
  EXPECT_NEAR(changes.cells[0].Factor(), 1, 1e-6);
}

TEST(Baseline, Shifts) {
  const MadeUp before = TwoLocks({1.9, 2.0, 2.1, 2.0, 2.0}, {1, 1, 1, 1, 1});
  const std::vector<std::pair<std::vector<double>, Shift>> cases = {
      {{3, 3, 3, 3, 3}, Shift::kRegressed},
      {{2.0, 3, 3, 3, 3}, Shift::kPerhapsSlower},
      {{3, 3, 3, 3}, Shift::kPerhapsSlower},  // too few to be sure
      {{2.05, 2.05, 2.05, 2.05, 2.05}, Shift::kUnchanged},
      {{1.95, 1.95, 1.95, 1.95, 1.95}, Shift::kUnchanged},
      {{1, 1, 1, 1, 2}, Shift::kPerhapsFaster},
      {{1, 1, 1, 1, 1}, Shift::kImproved},
  };
  for (const auto& [ours, shift] : cases) {
    const Changes changes =
        Compared(before, TwoLocks(ours, std::vector<double>(ours.size(), 1)));
    ASSERT_EQ(changes.cells.size(), 1u);
    EXPECT_EQ(changes.cells[0].shift, shift) << absl::StrJoin(ours, ",");
    EXPECT_EQ(changes.Count(shift), 1);
  }
}

TEST(Baseline, NothingIsSureOnABusyMachine) {
  const std::map<std::string, std::string> quiet = {
      {"other load", "1 % of the machine"}};
  const std::map<std::string, std::string> noisy = {
      {"other load", "40 % of the machine: NOISY, measure again"}};
  const std::vector<double> theirs(5, 1);
  const MadeUp now = TwoLocks(std::vector<double>(5, 3), theirs);
  const auto all = [](const std::string&) { return true; };
  Baseline baseline = BaselineOf(TwoLocks(theirs, theirs));
  baseline.context = quiet;
  const Changes sure = Since(baseline, now.measured(), quiet, all);
  EXPECT_EQ(sure.Count(Shift::kRegressed), 1);
  EXPECT_TRUE(sure.cautions.empty());
  const Changes unsure = Since(baseline, now.measured(), noisy, all);
  EXPECT_EQ(unsure.Count(Shift::kPerhapsSlower), 1);
  ASSERT_EQ(unsure.cautions.size(), 1u);
  EXPECT_NE(unsure.cautions[0].find("not quiet"), std::string::npos);
  baseline.context = noisy;
  EXPECT_EQ(
      Since(baseline, now.measured(), quiet, all).Count(Shift::kPerhapsSlower),
      1);
}

// The best other of today was not there: the next one is compared, in both.
TEST(Baseline, TheRivalIsInBoth) {
  const MadeUp before = TwoLocks({4, 4, 4}, {2, 2, 2});
  MadeUp now = TwoLocks({4, 4, 4}, {2, 2, 2});
  now.Theirs("G", "new and fast", 2, {1, 1, 1});
  const Changes changes = Compared(before, now);
  ASSERT_EQ(changes.cells.size(), 1u);
  EXPECT_EQ(changes.cells[0].rival, "other");
  EXPECT_EQ(changes.cells[0].shift, Shift::kUnchanged);
  EXPECT_EQ(changes.fresh,
            (std::vector<std::string>{"G/new and fast/threads:2"}));
  EXPECT_TRUE(changes.unmatched.empty());
}

TEST(Baseline, NoRivalInCommon) {
  const MadeUp before = TwoLocks({4, 4, 4}, {2, 2, 2});
  MadeUp now;
  now.Ours("G", "Lock", 2, {1, 1, 1}).Theirs("G", "new", 2, {1, 1, 1});
  const Changes changes = Compared(before, now);
  EXPECT_TRUE(changes.cells.empty());
  EXPECT_EQ(changes.unmatched, (std::vector<std::string>{"G/Lock/threads:2"}));
}

TEST(Baseline, NewAndMissing) {
  MadeUp before = TwoLocks({1}, {1});
  before.Ours("Gone", "Lock", 1, {1}).Ours("Aside", "Lock", 1, {1});
  MadeUp now = TwoLocks({1}, {1});
  now.Ours("Fresh", "Lock", 1, {1});
  const Changes changes =
      Since(BaselineOf(before), now.measured(), {},
            [](const std::string& name) { return name[0] != 'A'; });
  EXPECT_EQ(changes.fresh, (std::vector<std::string>{"Fresh/Lock/threads:1"}));
  EXPECT_EQ(changes.missing, (std::vector<std::string>{"Gone/Lock/threads:1"}));
}

TEST(Baseline, OneThatNoLongerFinishesHasRegressed) {
  MadeUp now;
  now.Ours("G", "Lock", 2, {1, 1, 1}).Lost();
  now.Theirs("G", "other", 2, {1, 1, 1});
  const Changes changes = Compared(TwoLocks({1, 1, 1}, {1, 1, 1}), now);
  ASSERT_EQ(changes.cells.size(), 1u);
  EXPECT_EQ(changes.cells[0].shift, Shift::kRegressed);
  EXPECT_EQ(ChangesInShort({}, changes).at(1).text,
            "G: Lock with 2 threads does not finish any more.");
  const Table table = ChangesTable("file", {}, changes);
  ASSERT_EQ(table.rows.size(), 1u);
  EXPECT_EQ(table.rows[0][5], "does not finish");
}

TEST(Baseline, TheWorstComesFirst) {
  MadeUp before;
  MadeUp now;
  const auto add = [&](const std::string& group, double ours) {
    const std::vector<double> theirs(5, 1);
    before.Ours(group, "Lock", 1, theirs).Theirs(group, "o", 1, theirs);
    now.Ours(group, "Lock", 1, std::vector<double>(5, ours));
    now.Theirs(group, "o", 1, theirs);
  };
  add("Better", 0.5);
  add("Same", 1);
  add("Bad", 1.5);
  add("Worst", 3);
  add("Worse", 2);
  add("Poor", 1.2);
  const Changes changes = Compared(before, now);
  const Table table = ChangesTable("old.json", {}, changes);
  ASSERT_EQ(table.rows.size(), 5u);
  EXPECT_EQ(table.rows[0], (std::vector<std::string>{
                               "Worst", "1", "Lock", "o", "1.00 (1.00..1.00)",
                               "3.00 (3.00..3.00)", "x 3.00", "REGRESSED"}));
  EXPECT_EQ(table.rows[1][0], "Worse");
  EXPECT_EQ(table.rows[4][0], "Better");
  EXPECT_EQ(table.rows[4].back(), "improved");
  EXPECT_EQ(table.rows[0].size(), table.columns.size());

  Baseline dated;
  dated.context["date"] = "2026-11-30T15:04:05+00:00";
  const std::vector<SummaryLine> lines = ChangesInShort(dated, changes);
  ASSERT_EQ(lines.size(), 5u);
  EXPECT_EQ(lines[0].text,
            "Against the baseline of 2026-11-30: of 6 cells 4 REGRESSED and 1 "
            "improved, 0 are slower and 0 faster within the spread; 0 new, 0 "
            "missing.");
  EXPECT_EQ(lines[1].text,
            "Worst: Lock with 1 thread takes 3.00 times as long as o, it was "
            "1.00.");
  EXPECT_EQ(lines[4].text, "And 1 more; REGRESSED marks them in the table.");
}

TEST(Baseline, TheTableNamesCells) {
  Changes changes;
  changes.fresh = {"G/a/threads:1", "G/a/threads:2"};
  changes.missing = {"H/b/threads:4"};
  changes.unmatched = {"I/c/threads:4"};
  const Table table = ChangesTable("old.json", {}, changes);
  EXPECT_TRUE(table.columns.empty());
  const std::string notes = absl::StrJoin(table.notes, "\n");
  for (const char* const words :
       {"old.json", "New, not in the baseline: G/a with 1 and 2 threads.",
        "Missing, in the baseline only: H/b with 4 threads.",
        "no other in common: I/c with 4 threads."}) {
    EXPECT_NE(notes.find(words), std::string::npos) << notes;
  }
}

TEST(Baseline, AnotherMachineIsNamed) {
  const MadeUp run = TwoLocks({1}, {1});
  const auto all = [](const std::string&) { return true; };
  const Baseline baseline = BaselineOf(run);
  EXPECT_TRUE(
      Since(baseline, run.measured(), {{"cpu", "C"}}, all).cautions.empty());
  const Changes changes = Since(baseline, run.measured(), {{"cpu", "D"}}, all);
  ASSERT_EQ(changes.cautions.size(), 1u);
  EXPECT_EQ(changes.cautions[0],
            "Doubt: cpu of the baseline is \"C\" and here \"D\". That alone "
            "changes ratios.");
  EXPECT_EQ(ChangesInShort(baseline, changes).back().text, changes.cautions[0]);
}

TEST(Baseline, WhatIsNoBaseline) {
  for (const std::string text :
       {"# Locks\n\n| a |\n", "{", "{}", "[]", "1", R"({"benchmarks": 1})",
        R"({"benchmarks": [1, "a", {}]})",
        R"({"benchmarks": [{"name": "BM_Mutex/8", "run_type": "iteration"}]})",
        R"({"benchmarks": [{"name": "G/a/threads:1_mean",
            "run_type": "aggregate"}]})",
        R"({"benchmarks": [{"name": "G/a/threads:1", "run_type": "iteration",
            "repetition_index": 1e9}]})",
        R"({"benchmarks": [{"name": "G/a/threads:1", "run_type": "iteration",
            "repetition_index": NaN}]})"}) {
    Baseline baseline;
    std::string error;
    EXPECT_FALSE(ParseBaseline(text, &baseline, &error)) << text;
    EXPECT_NE(error.find("wrote with --json"), std::string::npos) << error;
  }
}

TEST(Baseline, Files) {
  const std::string folder = std::getenv("TEST_TMPDIR");
  const std::string path = folder + "/baseline.json";
  Baseline baseline;
  std::string error;
  for (const std::string& bad : {folder + "/none.json", folder}) {
    EXPECT_FALSE(ReadBaseline(bad, &baseline, &error));
    EXPECT_EQ(error.find("cannot read " + bad), 0u) << error;
  }
  std::ofstream(path) << "nothing";
  EXPECT_FALSE(ReadBaseline(path, &baseline, &error));
  EXPECT_EQ(error.find(path + " is not JSON"), 0u) << error;
  std::ofstream(path) << Json(TwoLocks({1}, {1}).measured());
  EXPECT_TRUE(ReadBaseline(path, &baseline, &error)) << error;
  EXPECT_EQ(baseline.cells.size(), 2u);
}

}  // namespace
}  // namespace parkway_bench
