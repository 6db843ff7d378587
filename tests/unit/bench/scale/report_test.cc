// SPDX-License-Identifier: Apache-2.0

#include "bench/scale/report.h"

#include <algorithm>
#include <string>
#include <vector>

#include "bench/engine/json.h"
#include "bench/scale/verdicts.h"
#include "gtest/gtest.h"

namespace parkway_bench::scale {
namespace {

Measured MadeUp(const char* lock, Side side, double ns, int cpus = 64) {
  Measured one;
  one.cell.scene = "MutexContention";
  one.cell.lock = lock;
  one.cell.side = side;
  one.topology.cpus = cpus;
  one.threads = cpus;
  one.figures.ns_per_operation = ns;
  one.figures.operations = 1000;
  one.figures.fairness = .9;
  return one;
}

std::vector<std::string> Texts(const std::vector<SummaryLine>& lines) {
  std::vector<std::string> texts;
  for (const SummaryLine& line : lines) texts.push_back(line.text);
  return texts;
}

int Count(const std::vector<std::string>& texts, const std::string& part) {
  return static_cast<int>(std::count_if(
      texts.begin(), texts.end(), [&part](const std::string& text) {
        return text.find(part) != std::string::npos;
      }));
}

TEST(Verdicts, TheBestIsTheFastestOfItsSideInTheSamePlace) {
  const std::vector<Measured> all = {
      MadeUp("FutexMutex", Side::kOurs, 100),
      MadeUp("glibc's mutex", Side::kSleeps, 80),
      MadeUp("spinbit", Side::kSleeps, 70), MadeUp("MCS", Side::kSpins, 50),
      MadeUp("futex of 2011", Side::kSleeps, 10, 8)};
  EXPECT_EQ(BestOf(Side::kSleeps, all[0], all)->cell.lock, "spinbit");
  EXPECT_EQ(BestOf(Side::kSpins, all[0], all)->cell.lock, "MCS");
  EXPECT_EQ(BestOf(Side::kSpins, all[4], all), nullptr);
  EXPECT_DOUBLE_EQ(SpeedOver(all[2], all[0]), .7);
}

TEST(Verdicts, LossesAreFirst) {
  std::vector<Measured> all = {MadeUp("FutexMutex", Side::kOurs, 100),
                               MadeUp("spinbit", Side::kSleeps, 70),
                               MadeUp("MCS", Side::kSpins, 90)};
  all[1].figures.longest_wait = Micros(20000);
  const std::vector<std::string> texts = Texts(InShort(all));
  EXPECT_EQ(texts[0],
            "Lost: in 1 of 1 cells parkway has less than 1.0 of the speed of "
            "the best that sleeps; in 1 of them that one starves some of its "
            "threads.");
  EXPECT_EQ(texts[1],
            "MutexContention, 64 CPUs, 64 threads: FutexMutex 0.70 of spinbit, "
            "which starves some (longest wait 20.0 ms, fairness 0.90)");
  EXPECT_EQ(Count(texts, "Lost"), 1);
  EXPECT_EQ(Count(texts, "Kept"), 3);
}

TEST(Verdicts, LongWaitsAndInterruptsAreLosses) {
  std::vector<Measured> all = {MadeUp("FutexMutex", Side::kOurs, 100),
                               MadeUp("spinbit", Side::kSleeps, 101)};
  EXPECT_EQ(Count(Texts(InShort(all)), "Lost"), 0);
  all[0].figures.longest_wait = Micros(10001);
  all[0].figures.interrupted = .011;
  all[0].figures.counts.barriers = 3;
  const std::vector<std::string> texts = Texts(InShort(all));
  EXPECT_EQ(Count(texts, "Lost"), 2);
  EXPECT_EQ(Count(texts, "FutexMutex, 10.0 ms"), 1);
  EXPECT_EQ(Count(texts, "FutexMutex, 1.1 %, 3 barriers"), 1);
}

TEST(Verdicts, ManyLossesAreCut) {
  std::vector<Measured> all;
  for (int cpus = 2; cpus <= 40; cpus += 2) {
    all.push_back(MadeUp("FutexMutex", Side::kOurs, 100, cpus));
    all.push_back(MadeUp("spinbit", Side::kSleeps, 50 + cpus, cpus));
  }
  const std::vector<std::string> texts = Texts(InShort(all));
  EXPECT_EQ(Count(texts, "of spinbit"), 8);
  EXPECT_NE(texts[1].find("2 CPUs, 2 threads: FutexMutex 0.52"),
            std::string::npos);
  EXPECT_EQ(Count(texts, "12 more in the tables"), 1);
}

TEST(Report, HasASectionForEachSceneWithALineForEachLock) {
  std::vector<Measured> all;
  for (const int cpus : {8, 64}) {
    all.push_back(MadeUp("FutexMutex", Side::kOurs, 100, cpus));
    all.push_back(MadeUp("spinbit", Side::kSleeps, 70, cpus));
  }
  all.push_back(MadeUp("FutexMutex", Side::kOurs, 5));
  all.back().cell.scene = "ManyLocks";
  const std::vector<SheetSection> sections = Sections(all);
  ASSERT_EQ(sections.size(), 2u);
  const SheetSection& first = sections[0];
  EXPECT_EQ(first.table.title, "MutexContention");
  EXPECT_EQ(first.table.rows.size(), 4u);
  for (const auto& row : first.table.rows) {
    EXPECT_EQ(row.size(), first.table.columns.size());
  }
  EXPECT_EQ(first.table.rows[0][12], "LOSES 0.70");
  EXPECT_EQ(first.table.rows[0][13], "");
  EXPECT_EQ(first.table.rows[1][12], "");
  ASSERT_EQ(first.chart.series.size(), 2u);
  EXPECT_TRUE(first.chart.series[0].ours);
  EXPECT_FALSE(first.chart.series[1].ours);
  ASSERT_EQ(first.chart.series[0].points.size(), 2u);
  EXPECT_EQ(first.chart.series[0].points[1].x, 64);
  EXPECT_EQ(first.chart.series[0].points[1].y.median, 100);
}

TEST(Report, MoreThreadsHaveASectionOfTheirOwn) {
  std::vector<Measured> all = {MadeUp("FutexMutex", Side::kOurs, 100),
                               MadeUp("FutexMutex", Side::kOurs, 200)};
  all[1].factor = 4;
  all[1].threads = 256;
  const std::vector<SheetSection> sections = Sections(all);
  ASSERT_EQ(sections.size(), 2u);
  EXPECT_EQ(sections[1].table.title, "MutexContention, 4 threads to a CPU");
}

TEST(Report, SaysWhatIsNotSimulated) {
  const std::vector<std::string> notes = NotSimulated().table.notes;
  for (const char* const what :
       {"Memory bandwidth", "SMT", "Frequency", "Virtual machines",
        "Unfair arbitration", "Migration", "no atomic words"}) {
    EXPECT_EQ(Count(notes, what), 1) << what;
  }
}

TEST(Report, TheJsonHasAllFigures) {
  std::vector<Measured> all = {MadeUp("FutexMutex", Side::kOurs, 12.5)};
  all[0].figures.counts.futex_calls = 7;
  all[0].figures.longest_wait = Micros(3);
  JsonValue json;
  std::string error;
  ASSERT_TRUE(ParseJson(FiguresJson({{"costs", "server"}}, all), &json, &error))
      << error;
  EXPECT_EQ(json.Text("costs"), "server");
  const JsonValue* const cells = json.Find("cells");
  ASSERT_NE(cells, nullptr);
  ASSERT_EQ(cells->items.size(), 1u);
  const JsonValue& cell = cells->items[0];
  EXPECT_EQ(cell.Text("lock"), "FutexMutex");
  EXPECT_EQ(cell.Text("side"), "parkway");
  EXPECT_EQ(cell.Number("cpus", 0), 64);
  EXPECT_EQ(cell.Number("ns_per_operation", 0), 12.5);
  EXPECT_EQ(cell.Number("futex_calls", 0), 7);
  EXPECT_EQ(cell.Number("longest_wait_us", 0), 3);
}

}  // namespace
}  // namespace parkway_bench::scale
