// SPDX-License-Identifier: Apache-2.0

#include "bench/locks/tbb_types/comparison.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "bench/engine/stats.h"

namespace parkway_bench {
namespace {

template <typename Get>
std::vector<double> Values(const Measured& measured, Get get) {
  std::vector<double> values;
  for (const Sample& sample : measured.samples) values.push_back(get(sample));
  return values;
}

std::vector<double> Times(const Measured& measured) {
  return Values(measured, [](const Sample& s) { return s.seconds_per_op; });
}

std::vector<double> Counter(const Measured& measured, const char* name) {
  return Values(measured, [&](const Sample& s) { return s.counters.at(name); });
}

double Median(const std::vector<double>& values) {
  return SpreadOf(values).median;
}

// Of medians: a window may have had none at all.
std::string CounterRatio(const Compared& row, const char* name) {
  const double stock = Median(Counter(row.stock, name));
  if (stock == 0) return "-";
  return absl::StrFormat("%.2f", Median(Counter(row.parkway, name)) / stock);
}

std::string Verdict(const Compared& row, const Spread& time) {
  std::vector<std::string> words;
  const Goal& goal = row.comparison->goal;
  if (goal.time) {
    words.push_back(absl::StrFormat(
        "%s (<= %.2f)", time.median <= *goal.time ? "reached" : "MISSED",
        *goal.time));
  }
  if (goal.involuntary_switches) {
    const double stock = Median(Counter(row.stock, kInvoluntarySwitches));
    const double parkway = Median(Counter(row.parkway, kInvoluntarySwitches));
    words.push_back(absl::StrFormat(
        "switches %s (<= %.2f)",
        parkway <= *goal.involuntary_switches * stock ? "reached" : "MISSED",
        *goal.involuntary_switches));
  }
  if (time.median > 1) {
    words.push_back(time.min > 1 ? "LOSES" : "LOSES, within the spread");
  }
  return absl::StrJoin(words, "; ");
}

}  // namespace

Table ComparisonTable(const std::vector<Compared>& compared) {
  Table table;
  table.title = "oneTBB's mutex types: stock against parkway";
  table.notes = {
      "ns per operation of all threads together; ratios are parkway / stock, "
      "medians of neighbouring windows.",
      "CPU, longest wait (us) and switches are ratios or values of medians; "
      "fairness is the share of the unluckiest thread over the luckiest."};
  table.columns = {"benchmark",    "type",     "threads",   "stock",
                   "parkway",      "ratio",    "min..max",  "CPU",
                   "longest wait", "fairness", "voluntary", "involuntary",
                   "verdict"};
  for (const Compared& row : compared) {
    const Spread time =
        SpreadOf(PairwiseRatios(Times(row.parkway), Times(row.stock)));
    const auto both = [&](const char* name, const char* format) {
      const auto one = [&](const Measured& side) {
        return absl::StrFormat(*absl::ParsedFormat<'f'>::New(format),
                               Median(Counter(side, name)));
      };
      return absl::StrCat(one(row.stock), " / ", one(row.parkway));
    };
    table.rows.push_back(
        {row.comparison->benchmark, row.comparison->type,
         absl::StrCat(row.comparison->threads),
         absl::StrFormat("%.1f", 1e9 * Median(Times(row.stock))),
         absl::StrFormat("%.1f", 1e9 * Median(Times(row.parkway))),
         absl::StrFormat("%.2f", time.median),
         absl::StrFormat("%.2f..%.2f", time.min, time.max),
         CounterRatio(row, kCpuPerOp), both(kLongestWait, "%.0f"),
         both(kFairness, "%.2f"), CounterRatio(row, kSwitches),
         CounterRatio(row, kInvoluntarySwitches), Verdict(row, time)});
  }
  return table;
}

}  // namespace parkway_bench
