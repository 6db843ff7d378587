// SPDX-License-Identifier: Apache-2.0

#include "bench/tasks/task_report.h"

#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "bench/engine/numbers.h"
#include "bench/engine/stats.h"

namespace parkway_bench {
namespace {

// "521", "521 (1 of 5 hung)", or "crashed" if nothing else is left.
std::string Nanoseconds(const Measured& side) {
  const std::vector<Sample> left = NotLost(side.samples);
  std::vector<double> times;
  for (const Sample& sample : left) {
    times.push_back(1e9 * sample.seconds_per_op);
  }
  std::string why;
  for (const Sample& sample : side.samples) {
    if (why.empty()) {
      why = sample.lost;
    }
  }
  if (left.empty()) {
    return why;
  }
  const std::string median = Number(SpreadOf(times).median);
  return why.empty()
             ? median
             : absl::StrCat(median, " (", side.samples.size() - left.size(),
                            " of ", side.samples.size(), " ", why, ")");
}

std::string Memory(const Measured& side, const char* counter) {
  std::vector<double> values;
  for (const Sample& sample : NotLost(side.samples)) {
    const auto found = sample.counters.find(counter);
    if (found != sample.counters.end()) {
      values.push_back(found->second);
    }
  }
  return values.empty() ? "-" : Number(SpreadOf(values).median);
}

// Of neighbouring runs of which neither was lost.
std::vector<double> Ratios(const Measured& stock, const Measured& parkway) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < stock.samples.size(); ++i) {
    const Sample& one = stock.samples[i];
    const Sample& other = parkway.samples[i];
    if (one.lost.empty() && other.lost.empty()) {
      ratios.push_back(other.seconds_per_op / one.seconds_per_op);
    }
  }
  return ratios;
}

}  // namespace

Table TaskTable(const std::vector<Measured>& measured) {
  Table table;
  table.title = absl::StrCat(kTasks, ": stock (s) against preloaded (p)");
  table.notes = {
      "oneTBB's resumable tasks in a finished program: one that suspends and "
      "resumes itself; some that are handed over to so many threads of the "
      "program's own, by a std::condition_variable, and resumed by them; or so "
      "many that one thread suspends at once and then resumes. Times are per "
      "task.",
      "Ratios are preloaded / stock: medians of neighbouring runs, below 1 is "
      "better for parkway. The memory is the process's when all tasks are "
      "suspended.",
  };
  table.columns = {"tasks",
                   "threads",
                   "stock ns",
                   "preloaded ns",
                   "time ratio",
                   "min..max",
                   "resident MiB s",
                   "resident MiB p",
                   "page tables MiB s",
                   "page tables MiB p",
                   "parkway"};
  const Measured empty;
  for (std::size_t i = 0; i < measured.size(); ++i) {
    const Measured& one = measured[i];
    if (!IsTasks(*one.cell)) {
      continue;
    }
    const Measured* stock = &empty;
    const Measured* parkway = &empty;
    (one.cell->side == Side::kStock ? stock : parkway) = &one;
    // Its neighbour, unless --filter left that out.
    if (i + 1 < measured.size() &&
        measured[i + 1].cell->group == one.cell->group &&
        measured[i + 1].cell->threads == one.cell->threads) {
      ++i;
      (measured[i].cell->side == Side::kStock ? stock : parkway) = &measured[i];
    }
    const bool both = !stock->samples.empty() && !parkway->samples.empty();
    const std::vector<double> ratios =
        both ? Ratios(*stock, *parkway) : std::vector<double>();
    const auto time = [](const Measured& side) {
      return side.samples.empty() ? "-" : Nanoseconds(side);
    };
    std::string verdict = Verdict(ratios);
    if (both && ratios.empty()) {
      verdict = NotLost(stock->samples).empty() ? "stock does not finish"
                                                : "LOSES: does not finish";
    }
    table.rows.push_back(
        {one.cell->group.substr(one.cell->group.find('/') + 1),
         absl::StrCat(one.cell->threads), time(*stock), time(*parkway),
         Ratio(ratios), RatioRange(ratios), Memory(*stock, kResident),
         Memory(*parkway, kResident), Memory(*stock, kPageTables),
         Memory(*parkway, kPageTables), std::move(verdict)});
  }
  return table;
}

}  // namespace parkway_bench
