// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/report.h"

#include <map>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "bench/engine/contest.h"
#include "bench/engine/numbers.h"
#include "bench/engine/stats.h"
#include "bench/locks/micro.h"

namespace parkway_bench {
namespace {

using Key = std::pair<std::string, int>;  // group, threads

std::vector<double> Times(const Measured& measured) {
  std::vector<double> times;
  for (const Sample& sample : measured.samples) {
    times.push_back(sample.seconds_per_op);
  }
  return times;
}

bool Has(const Measured& measured, const char* counter) {
  return measured.samples.front().counters.count(counter) != 0;
}

std::vector<double> Counter(const Measured& measured, const char* counter) {
  std::vector<double> values;
  for (const Sample& sample : measured.samples) {
    values.push_back(sample.counters.at(counter));
  }
  return values;
}

double Median(const Measured& measured, const char* counter) {
  return SpreadOf(Counter(measured, counter)).median;
}

// For a lock or note of parkway: the fastest stock one if that was faster, and
// how sure that is.
std::string MicroVerdict(const Measured& row,
                         const std::vector<const Measured*>& rivals) {
  const std::vector<const Measured*> others = BestFirst(rivals);
  if (row.cell->side == Side::kStock || others.empty()) {
    return "";
  }
  const Measured& best = *others.front();
  const std::vector<double> ratios = RatiosOf(row, best);
  const Spread ratio = ratios.empty() ? Spread() : SpreadOf(ratios);
  if (ratio.median <= 1) {
    return "";
  }
  return absl::StrFormat("LOSES to %s (%.2f%s)", best.cell->subject,
                         ratio.median,
                         ratio.min > 1 ? "" : ", within the spread");
}

// What the rows of a group are, and what the ratio column says. Stacks: ours
// over each of the others, as there is more than one goal.
std::pair<const char*, const char*> Titles(const std::string& group) {
  if (absl::StartsWith(group, "NoteWake")) {
    return {"note", "x std::condition_variable"};
  }
  if (absl::StartsWith(group, "StackGrowth") ||
      absl::StartsWith(group, "FiberSkynet")) {
    return {"stacks", "freelist / this"};
  }
  if (absl::StartsWith(group, "Task")) {
    return {"lock", "task_mutex / this"};
  }
  if (absl::StartsWith(group, "BlockingCall")) {
    return {"call", "blocking_call / this"};
  }
  if (absl::StartsWith(group, "WakeToRun")) {
    return {"sleeper", "task_note / this"};
  }
  if (absl::StartsWith(group, "ReadersWriters")) {
    return {"lock", "x std::shared_mutex"};
  }
  return {"lock", "x std::mutex"};
}

void AddMicroRow(const Measured& row,
                 const std::vector<const Measured*>& rivals,
                 const std::vector<std::pair<const char*, const char*>>& extra,
                 Table* table) {
  const Spread times = SpreadOf(Times(row));
  std::vector<double> ratios;
  for (const Measured* const rival : rivals) {
    if (rival->cell->reference) {
      ratios = rival->cell->side == Side::kStock
                   ? PairwiseRatios(Times(row), Times(*rival))
                   : PairwiseRatios(Times(*rival), Times(row));
    }
  }
  std::vector<std::string> cells = {
      absl::StrCat(row.cell->threads),
      row.cell->subject,
      Number(1e9 * times.median),
      Range(times, 1e9),
      Ratio(ratios),
      Number(Median(row, kCpuPerOp)),
      Has(row, kLongestWait) ? Number(Median(row, kLongestWait)) : "-",
      absl::StrFormat("%.2f", Median(row, kFairness)),
      Number(1000 * Median(row, kSwitches)),
  };
  for (const auto& [counter, title] : extra) {
    cells.push_back(Has(row, counter) ? Number(Median(row, counter)) : "-");
  }
  cells.push_back(MicroVerdict(row, rivals));
  table->rows.push_back(std::move(cells));
}

}  // namespace

Table ProgramTable(const std::vector<Measured>& measured) {
  Table table;
  table.title = "Programs: stock (s) against parkway (p)";
  table.notes = {
      "Outputs are identical. Ratios are parkway / stock: medians of "
      "neighbouring runs, below 1 "
      "is better for parkway.",
      "Switches are voluntary ones in a run; the longest wait is for a lock, "
      "medians of the runs.",
  };
  table.columns = {"program",           "threads",           "stock ms",
                   "parkway ms",        "time ratio",        "min..max",
                   "cpu ratio",         "switches s",        "switches p",
                   "longest wait s us", "longest wait p us", "parkway"};
  std::vector<Key> order;
  std::map<Key, std::pair<const Measured*, const Measured*>> pairs;
  for (const Measured& one : measured) {
    if (!IsProgram(*one.cell)) {
      continue;
    }
    const Key key{one.cell->group, one.cell->threads};
    if (pairs.count(key) == 0) {
      order.push_back(key);
    }
    (one.cell->side == Side::kStock ? pairs[key].first : pairs[key].second) =
        &one;
  }
  for (const Key& key : order) {
    const auto [stock, parkway] = pairs[key];
    const auto time = [](const Measured* one) {
      return one == nullptr ? "-" : Number(1e3 * SpreadOf(Times(*one)).median);
    };
    const auto counter = [](const Measured* one, const char* name) {
      return one == nullptr ? "-" : Number(Median(*one, name));
    };
    std::vector<double> ratios;
    std::vector<double> cpu_ratios;
    if (stock != nullptr && parkway != nullptr) {
      ratios = PairwiseRatios(Times(*parkway), Times(*stock));
      cpu_ratios = PairwiseRatios(Counter(*parkway, kCpuPerOp),
                                  Counter(*stock, kCpuPerOp));
    }
    table.rows.push_back(
        {ShortName(key.first), absl::StrCat(key.second), time(stock),
         time(parkway), Ratio(ratios), RatioRange(ratios), Ratio(cpu_ratios),
         counter(stock, kSwitches), counter(parkway, kSwitches),
         counter(stock, kLongestWait), counter(parkway, kLongestWait),
         Verdict(ratios)});
  }
  return table;
}

std::vector<Table> MicroTables(const std::vector<Measured>& measured) {
  std::vector<Table> tables;
  std::map<Key, std::vector<const Measured*>> rivals;
  for (const Measured& one : measured) {
    rivals[{one.cell->group, one.cell->threads}].push_back(&one);
  }
  std::vector<std::pair<const char*, const char*>> extra;
  for (const Measured& one : measured) {
    const std::string& group = one.cell->group;
    if (IsProgram(*one.cell) || IsTasks(*one.cell)) {
      continue;
    }
    if (tables.empty() || tables.back().title != group) {
      tables.emplace_back();
      Table& table = tables.back();
      table.title = group;
      table.notes = {ExplainGroup(group)};
      const auto [rows, ratios] = Titles(group);
      table.columns = {"threads",         rows,       "ns/op",
                       "min..max",        ratios,     "cpu ns/op",
                       "longest wait us", "fairness", "switches/1000 op"};
      extra.clear();
      if (absl::StartsWith(group, "NoteWake")) {
        extra = {{kSyscalls, "system calls/wake"}};
      } else if (group == "ChanCreation") {
        extra = {{kAllocations, "allocations/channel"}};
      }
      for (const auto& [counter, title] : extra) {
        table.columns.push_back(title);
      }
      table.columns.push_back("parkway");
    }
    AddMicroRow(one, rivals[{group, one.cell->threads}], extra, &tables.back());
  }
  return tables;
}

Table NotMeasured(const std::string& group, const std::string& why) {
  Table table;
  table.title = group;
  table.notes = {absl::StrCat("Not measured: ", why, ".")};
  return table;
}

}  // namespace parkway_bench
