// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/baseline_report.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "bench/engine/cell_name.h"

namespace parkway_bench {
namespace {

constexpr std::size_t kMostShown = 3;

std::string Words(Shift shift) {
  switch (shift) {
    case Shift::kRegressed:
      return "REGRESSED";
    case Shift::kPerhapsSlower:
      return "slower, within the spread";
    case Shift::kUnchanged:
      return "";
    case Shift::kPerhapsFaster:
      return "faster, within the spread";
    case Shift::kImproved:
      return "improved";
  }
  return "";
}

std::string WithSpread(const Spread& spread) {
  return absl::StrFormat("%.2f (%.2f..%.2f)", spread.median, spread.min,
                         spread.max);
}

std::vector<std::string> RowOf(const Change& change) {
  const Cell& cell = *change.cell;
  return {ShortName(cell.group),
          absl::StrCat(cell.threads),
          cell.subject,
          change.rival,
          WithSpread(change.before),
          change.finished ? WithSpread(change.now) : "does not finish",
          change.finished ? absl::StrFormat("x %.2f", change.Factor()) : "-",
          Words(change.shift)};
}

void AddNames(const char* what, const std::vector<std::string>& names,
              Table* table) {
  if (!names.empty()) {
    table->notes.push_back(
        absl::StrCat(what, ": ", absl::StrJoin(Condense(names), "; "), "."));
  }
}

std::string Sentence(const Change& change) {
  const Cell& cell = *change.cell;
  const std::string where =
      absl::StrCat(ShortName(cell.group), ": ", cell.subject, " with ",
                   ThreadCounts({cell.threads}));
  if (!change.finished) {
    return absl::StrCat(where, " does not finish any more.");
  }
  return absl::StrFormat("%s takes %.2f times as long as %s, it was %.2f.",
                         where, change.now.median, change.rival,
                         change.before.median);
}

}  // namespace

Table ChangesTable(const std::string& name, const Baseline& baseline,
                   const Changes& changes) {
  Table table;
  const std::string date = baseline.Date();
  table.title = "Against the baseline";
  table.notes = {
      absl::StrCat("The baseline is ", name,
                   date.empty() ? "" : absl::StrCat(" of ", date),
                   ". Ratios are parkway's time over the other's, each in its "
                   "own run, with min..max."),
      absl::StrCat("REGRESSED: above the baseline in every run. ",
                   changes.Count(Shift::kUnchanged), " of ",
                   changes.cells.size(),
                   " cells have changed by less than 5 % and have no row."),
  };
  AddNames("New, not in the baseline", changes.fresh, &table);
  AddNames("Missing, in the baseline only", changes.missing, &table);
  AddNames("Not compared, as both runs have no other in common",
           changes.unmatched, &table);
  for (const std::string& caution : changes.cautions) {
    table.notes.push_back(caution);
  }
  for (const Change& change : changes.cells) {
    if (change.shift != Shift::kUnchanged) {
      table.rows.push_back(RowOf(change));
    }
  }
  if (!table.rows.empty()) {
    table.columns = {"benchmark", "threads", "whose",  "against",
                     "baseline",  "now",     "change", "since then"};
  }
  return table;
}

std::vector<SummaryLine> ChangesInShort(const Baseline& baseline,
                                        const Changes& changes) {
  const std::string date = baseline.Date();
  const auto regressed =
      static_cast<std::size_t>(changes.Count(Shift::kRegressed));
  std::vector<SummaryLine> lines;
  lines.push_back({absl::StrCat(
      "Against the baseline", date.empty() ? "" : absl::StrCat(" of ", date),
      ": of ", changes.cells.size(), " cells ", regressed, " REGRESSED and ",
      changes.Count(Shift::kImproved), " improved, ",
      changes.Count(Shift::kPerhapsSlower), " are slower and ",
      changes.Count(Shift::kPerhapsFaster), " faster within the spread; ",
      changes.fresh.size(), " new, ", changes.missing.size(), " missing.")});
  const std::size_t shown = std::min(kMostShown, regressed);
  for (std::size_t i = 0; i < shown; ++i) {
    lines.push_back({Sentence(changes.cells[i]), true});
  }
  if (shown < regressed) {
    lines.push_back({absl::StrCat("And ", regressed - shown,
                                  " more; REGRESSED marks them in the table."),
                     true});
  }
  for (const std::string& caution : changes.cautions) {
    lines.push_back({caution, true});
  }
  return lines;
}

}  // namespace parkway_bench
