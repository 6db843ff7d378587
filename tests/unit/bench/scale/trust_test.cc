// SPDX-License-Identifier: Apache-2.0

// The reader of measured cells, the order of locks, the page; and that the
// simulated machine predicts cells that were measured on a real one with the
// costs that it has, and not with others.
#include "bench/scale/trust.h"

#include <cstddef>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "bench/scale/costs.h"
#include "bench/scale/trust_curves.h"
#include "bench/scale/trust_models.h"
#include "bench/scale/trust_page.h"
#include "gtest/gtest.h"

namespace parkway_bench::scale {
namespace {

// ---- the reader ----

constexpr char kPage[] = R"(# Locks

- cpu: some

## Lost

| benchmark | whose | threads | against | ratio |
|---|---|---|---|---|
| MutexContention | SemaMutex | 4 | tbb::spin_mutex | 1.29 |

## MutexContention

All threads: lock.

| threads | lock | ns/op | min..max | x std::mutex |
|---:|---|---:|---:|---:|
| 1 | FutexMutex | 8.55 | 8.53..8.57 | 0.46 |
| 16 | std::mutex | 73.1 | 53.6..84.4 | 1.00 |

### ReadersWriters/10

| threads | lock | ns/op | min..max | x std::shared_mutex |
|---:|---|---:|---:|---:|
| 2 | RwMutex | 167 | 166..169 | 0.90 |
)";

TEST(ReadMeasured, ReadsTheTablesOfBenchmarksAndNoOther) {
  std::istringstream in(kPage);
  const std::vector<MeasuredCell> cells = ReadMeasured(in);
  ASSERT_EQ(cells.size(), 3u);
  EXPECT_EQ(cells[0].Name(), "MutexContention/FutexMutex/threads:1");
  EXPECT_DOUBLE_EQ(cells[0].median, 8.55);
  EXPECT_DOUBLE_EQ(cells[0].least, 8.53);
  EXPECT_DOUBLE_EQ(cells[0].most, 8.57);
  EXPECT_EQ(cells[1].Name(), "MutexContention/std::mutex/threads:16");
  EXPECT_EQ(cells[2].Name(), "ReadersWriters/10/RwMutex/threads:2");
}

TEST(ReadMeasured, NothingFromNoPage) {
  std::istringstream in("");
  EXPECT_TRUE(ReadMeasured(in).empty());
}

// ---- the order ----

Predicted MadeUp(const char* lock, double measured, double predicted,
                 double spread = 1) {
  Predicted one;
  one.measured = {"Some",           2, lock, measured, measured - spread,
                  measured + spread};
  one.ns = predicted;
  return one;
}

TEST(Predicted, HitsWithinAQuarter) {
  EXPECT_TRUE(MadeUp("a", 100, 125).Hits());
  EXPECT_TRUE(MadeUp("a", 100, 75).Hits());
  EXPECT_FALSE(MadeUp("a", 100, 126).Hits());
  EXPECT_FALSE(MadeUp("a", 100, 74).Hits());
}

TEST(Orders, RightAndTheWrongWayRound) {
  const std::vector<Order> right =
      Orders({MadeUp("a", 10, 11), MadeUp("b", 20, 22), MadeUp("c", 30, 80)});
  ASSERT_EQ(right.size(), 1u);
  EXPECT_EQ(right[0].pairs, 3);
  EXPECT_DOUBLE_EQ(right[0].rank_correlation, 1);
  EXPECT_TRUE(right[0].wrong.empty());

  const std::vector<Order> wrong =
      Orders({MadeUp("a", 10, 30), MadeUp("b", 20, 20), MadeUp("c", 30, 10)});
  EXPECT_DOUBLE_EQ(wrong[0].rank_correlation, -1);
  EXPECT_EQ(wrong[0].wrong, (std::vector<std::string>{
                                "a before b", "a before c", "b before c"}));
}

TEST(Orders, WhatOverlapsOrIsTheSameIsNotWrong) {
  // Measured with overlap.
  const std::vector<Order> overlap =
      Orders({MadeUp("a", 10, 30, 6), MadeUp("b", 20, 20, 6)});
  EXPECT_EQ(overlap[0].pairs, 0);
  EXPECT_TRUE(overlap[0].wrong.empty());
  // Predicted to be the same.
  const std::vector<Order> same =
      Orders({MadeUp("a", 10, 20.1), MadeUp("b", 20, 20)});
  EXPECT_EQ(same[0].pairs, 1);
  EXPECT_EQ(same[0].same, 1);
  EXPECT_TRUE(same[0].wrong.empty());
}

TEST(Orders, EachNumberOfThreadsIsItsOwn) {
  std::vector<Predicted> all = {MadeUp("a", 10, 30), MadeUp("b", 20, 20)};
  all[1].measured.threads = 4;
  const std::vector<Order> orders = Orders(all);
  ASSERT_EQ(orders.size(), 2u);
  EXPECT_EQ(orders[0].pairs, 0);
  EXPECT_EQ(orders[1].threads, 4);
}

// ---- the page ----

TEST(Page, MissesAreFirstAndAllPairsAreThere) {
  Curve curve;
  curve.table.title = "A curve";
  curve.table.columns = {"CPUs"};
  curve.claims = {{"It rises.", true}, {"It falls.", false}};
  const std::vector<Predicted> all = {MadeUp("a", 10, 11), MadeUp("b", 20, 60)};
  MeasuredCell left_out = all[0].measured;
  left_out.lock = "c";
  const std::vector<SummaryLine> lines = TrustInShort(all, {left_out}, {curve});
  EXPECT_EQ(lines[0].text, "Missed: 1 cell, the worst first.");
  EXPECT_EQ(lines[1].text,
            "Some, b: 3.00 of what was measured with 2 threads; the cause is "
            "not known.");
  EXPECT_EQ(lines[2].text, "Within 25 %: 1 of 2 cells.");

  const std::string page =
      TrustPage({{"date", "today"}}, all, {left_out}, {curve});
  for (const char* const part :
       {"| Some | 2 | a | 10.0 | 9.00..11.0 | 11.0 | 1.10 | yes |",
        "| Some | 2 | b | 20.0 | 19.0..21.0 | 60.0 | 3.00 | MISS |",
        "- Holds: It rises.", "- DOES NOT HOLD: It falls.",
        "Published curves: 1 of 2", "c in Some", "- date: today"}) {
    EXPECT_NE(page.find(part), std::string::npos) << part << "\n" << page;
  }
}

// ---- the machine ----

struct Known {
  const char* benchmark;
  int threads;
  const char* lock;
  double median;
};

// From docs/results/locks.md and readers_writers.md of 2026-11-30.
constexpr Known kKnown[] = {
    {"MutexContention", 1, "FutexMutex", 8.55},
    {"MutexContention", 1, "SemaMutex", 16.8},
    {"MutexContention", 1, "tbb::spin_mutex", 9.81},
    {"MutexContention", 2, "SemaMutex", 19.3},
    {"MutexContention", 2, "std::mutex", 82.8},
    {"MutexContention", 2, "tbb::mutex", 57.5},
    {"MutexContention", 2, "tbb::spin_mutex", 21.1},
    {"MutexContention", 2, "tbb::queuing_mutex", 242},
    {"MutexContention", 4, "tbb::queuing_mutex", 817},
    {"MutexContentionWork", 2, "absl::Mutex", 161},
    {"MutexContentionWork", 4, "FutexMutex", 185},
    {"ChanContended", 1, "absl::Mutex", 44.6},
    {"ChanContended", 2, "tbb::spin_mutex", 48.5},
    {"ChanContended", 2, "tbb::queuing_mutex", 485},
    {"NoteWakeSleeper", 2, "FutexNote", 164},
    {"NoteWakeSleeper", 2, "std::condition_variable", 18139},
    {"NoteWakeSleeper", 4, "std::condition_variable", 9607},
    {"ReadersWriters/90", 2, "RwMutex", 169},
    {"ReadersWriters/99", 2, "tbb::spin_rw_mutex", 164},
};

MeasuredCell CellOf(const Known& known) {
  return {known.benchmark, known.threads, known.lock,
          known.median,    known.median,  known.median};
}

Predicted PredictKnown(const Known& known, const Costs& costs) {
  return {CellOf(known), Predict(CellOf(known), costs)};
}

TEST(Machine, PredictsWhatWasMeasured) {
  for (const Known& known : kKnown) {
    ASSERT_TRUE(CanPredict(CellOf(known))) << CellOf(known).Name();
    const Predicted predicted = PredictKnown(known, VirtualXeon());
    EXPECT_TRUE(predicted.Hits())
        << CellOf(known).Name() << ": " << predicted.Ratio();
  }
}

TEST(Machine, SaysTheSameAgain) {
  const MeasuredCell cell = CellOf(kKnown[4]);
  EXPECT_EQ(Simulate(cell, VirtualXeon(), 1).operations,
            Simulate(cell, VirtualXeon(), 1).operations);
}

TEST(Machine, KnowsNoOtherLocks) {
  EXPECT_FALSE(CanPredict({"MutexContention", 2, "no lock", 1, 1, 1}));
  EXPECT_FALSE(CanPredict({"NoteWakeSleeper", 2, "FutexMutex", 1, 1, 1}));
}

// A wrong cost shows: these cells are missed when it is twice as high.
struct Wrong {
  const char* cost;
  std::vector<std::string> missed;
};

const Wrong kWrong[] = {
    {"update",
     {"MutexContention/SemaMutex/threads:1",
      "MutexContention/tbb::spin_mutex/threads:1",
      "ChanContended/absl::Mutex/threads:1"}},
    {"from_cluster",
     {"MutexContention/tbb::queuing_mutex/threads:2",
      "ChanContended/tbb::queuing_mutex/threads:2",
      "NoteWakeSleeper/FutexNote/threads:2"}},
    {"context_switch", {"MutexContention/tbb::queuing_mutex/threads:4"}},
    {"wake_interrupt", {"NoteWakeSleeper/std::condition_variable/threads:2"}},
    {"turn",
     {"MutexContentionWork/absl::Mutex/threads:2",
      "ReadersWriters/90/RwMutex/threads:2"}},
};

TEST(Machine, AWrongCostShows) {
  std::map<std::string, Known> by_name;
  for (const Known& known : kKnown) by_name[CellOf(known).Name()] = known;
  for (const Wrong& wrong : kWrong) {
    Costs costs = VirtualXeon();
    Time* const cost = FindCost(wrong.cost, &costs);
    ASSERT_NE(cost, nullptr) << wrong.cost;
    *cost *= 2;
    for (const std::string& name : wrong.missed) {
      ASSERT_EQ(by_name.count(name), 1u) << name;
      const Predicted predicted = PredictKnown(by_name[name], costs);
      EXPECT_FALSE(predicted.Hits())
          << wrong.cost << " doubled does not show in " << name << ": "
          << predicted.Ratio();
    }
  }
}

TEST(FindCost, FindsTimesByNameAndNothingElse) {
  Costs costs;
  ASSERT_EQ(FindCost("update", &costs), &costs.update);
  ASSERT_EQ(FindCost("interrupt", &costs), &costs.interrupt);
  EXPECT_EQ(FindCost("spread_percent", &costs), nullptr);
  EXPECT_EQ(FindCost("", &costs), nullptr);
}

}  // namespace
}  // namespace parkway_bench::scale
