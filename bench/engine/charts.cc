// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/charts.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "bench/engine/cell_name.h"
#include "bench/engine/contest.h"
#include "bench/engine/numbers.h"
#include "bench/engine/stats.h"

namespace parkway_bench {
namespace {

// A figure with more rows is no longer read; the table has all of them.
constexpr std::size_t kMostRows = 20;

constexpr char kOverBest[] = "time, parkway / the best other";

ChartSeries& Find(const Cell& cell, std::vector<ChartSeries>* all) {
  auto found = std::find_if(
      all->begin(), all->end(),
      [&](const ChartSeries& one) { return one.name == cell.subject; });
  if (found == all->end()) {
    found = all->insert(found, {cell.subject, cell.side == Side::kParkway, {}});
  }
  return *found;
}

std::vector<double> CpuTimes(const Measured& measured) {
  std::vector<double> times;
  for (const Sample& sample : measured.samples) {
    const auto found = sample.counters.find(kCpuPerOp);
    if (found != sample.counters.end()) {
      times.push_back(found->second);
    }
  }
  return times;
}

// The part of a cell's name that tells it from the others of its kind.
std::string RowName(const Cell& cell) {
  const std::size_t slash = cell.group.find('/');
  return absl::StrCat(
      slash == std::string::npos ? cell.group : cell.group.substr(slash + 1),
      ", ", ThreadCounts({cell.threads}));
}

std::string CellTitle(const Cell& cell) {
  return absl::StrCat(ShortName(cell.group), ", ", cell.subject, ", ",
                      ThreadCounts({cell.threads}));
}

bool IsLost(const Contest& contest) {
  return contest.outcome == Outcome::kSlower ||
         contest.outcome == Outcome::kPerhapsSlower ||
         contest.outcome == Outcome::kNotFinished;
}

// The worst first; what did not finish is worse than all ratios.
void SortWorstFirst(std::vector<Contest>* contests) {
  const auto median = [](const Contest& contest) {
    return contest.ratios.empty() ? 0 : SpreadOf(contest.ratios).median;
  };
  std::stable_sort(contests->begin(), contests->end(),
                   [&](const Contest& a, const Contest& b) {
                     return a.ratios.empty() != b.ratios.empty()
                                ? a.ratios.empty()
                                : median(a) > median(b);
                   });
}

std::string RowsLeftOut(std::size_t rows) {
  return rows > kMostRows
             ? absl::StrCat("The worst ", kMostRows, " of ", rows, ".")
             : "";
}

std::vector<std::string> LostRow(const Contest& contest) {
  const Cell& cell = *contest.ours->cell;
  const bool finished = contest.outcome != Outcome::kNotFinished;
  return {ShortName(cell.group),
          cell.subject,
          absl::StrCat(cell.threads),
          contest.rivals.front()->cell->subject,
          finished ? Ratio(contest.ratios) : "-",
          finished ? RatioRange(contest.ratios) : "-",
          !finished                             ? "does not finish"
          : contest.outcome == Outcome::kSlower ? "LOSES in every run"
                                                : "LOSES, within the spread"};
}

}  // namespace

Chart TimeChart(const std::vector<Measured>& measured,
                const std::string& group) {
  Chart chart;
  chart.value = "time per operation";
  chart.unit = "ns";
  chart.x = "threads";
  for (const Measured& one : measured) {
    std::vector<double> times;
    for (const Sample& sample : NotLost(one.samples)) {
      times.push_back(1e9 * sample.seconds_per_op);
    }
    if (one.cell->group == group && !times.empty()) {
      Find(*one.cell, &chart.series)
          .points.push_back({static_cast<double>(one.cell->threads), "",
                             SpreadOf(std::move(times))});
    }
  }
  return chart;
}

Chart RatioChart(const std::vector<Measured>& measured,
                 const std::function<bool(const Cell&)>& wanted) {
  std::vector<Contest> contests = Contests(measured);
  contests.erase(std::remove_if(contests.begin(), contests.end(),
                                [&](const Contest& contest) {
                                  return contest.ratios.empty() ||
                                         !wanted(*contest.ours->cell);
                                }),
                 contests.end());
  SortWorstFirst(&contests);
  ChartSeries time{"time", true, {}};
  ChartSeries cpu{"CPU time", false, {}};
  for (const Contest& contest : contests) {
    const std::string row = RowName(*contest.ours->cell);
    time.points.push_back({0, row, SpreadOf(contest.ratios)});
    const std::vector<double> ratios = PairwiseRatios(
        CpuTimes(*contest.ours), CpuTimes(*contest.rivals.front()));
    if (!ratios.empty()) {
      cpu.points.push_back({0, row, SpreadOf(ratios)});
    }
  }
  Chart chart;
  chart.value = "parkway / stock";
  chart.rule = 1;
  for (ChartSeries* const series : {&time, &cpu}) {
    if (!series->points.empty()) {
      chart.series.push_back(std::move(*series));
    }
  }
  return chart;
}

SheetSection LostCells(const std::vector<Measured>& measured) {
  const std::vector<Contest> all = Contests(measured);
  std::vector<Contest> lost;
  std::copy_if(all.begin(), all.end(), std::back_inserter(lost), IsLost);
  SortWorstFirst(&lost);
  SheetSection section;
  section.open = true;
  section.table.title = "Lost cells";
  section.table.notes = {
      all.empty()
          ? "Nothing is compared."
          : absl::StrFormat("In %d of %d cells parkway is slower than the best "
                            "other.",
                            lost.size(), all.size())};
  if (lost.empty()) {
    return section;
  }
  section.table.columns = {"benchmark", "whose",    "threads", "against",
                           "ratio",     "min..max", "parkway"};
  ChartSeries series{"time", true, {}};
  for (const Contest& contest : lost) {
    section.table.rows.push_back(LostRow(contest));
    if (!contest.ratios.empty() && series.points.size() < kMostRows) {
      series.points.push_back(
          {0, CellTitle(*contest.ours->cell), SpreadOf(contest.ratios)});
    }
  }
  section.chart.value = kOverBest;
  section.chart.rule = 1;
  section.chart.note = RowsLeftOut(lost.size());
  section.chart.series = {std::move(series)};
  return section;
}

Chart ChangesChart(const Changes& changes) {
  ChartSeries before{"baseline", false, {}};
  ChartSeries now{"now", true, {}};
  std::size_t changed = 0;
  for (const Change& change : changes.cells) {
    if (change.shift == Shift::kUnchanged || !change.finished ||
        ++changed > kMostRows) {
      continue;
    }
    const std::string row = CellTitle(*change.cell);
    before.points.push_back({0, row, change.before});
    now.points.push_back({0, row, change.now});
  }
  Chart chart;
  if (changed > 0) {
    chart.value = kOverBest;
    chart.rule = 1;
    chart.note = RowsLeftOut(changed);
    chart.series = {std::move(before), std::move(now)};
  }
  return chart;
}

}  // namespace parkway_bench
