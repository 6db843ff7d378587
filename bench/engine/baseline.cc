// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/baseline.h"

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "bench/engine/cell_name.h"
#include "bench/engine/contest.h"
#include "bench/engine/json.h"
#include "bench/engine/quiet.h"

namespace parkway_bench {
namespace {

using Times = std::vector<std::optional<double>>;

// Less than this is not worth a word.
constexpr double kNoticed = 1.05;
// With fewer on a side, that all are above all others is no surprise: they are
// measured within a few seconds.
constexpr std::size_t kEnough = 5;
constexpr int kMostRepetitions = 1000;

// What has to be the same, or the ratios differ for reasons of their own.
constexpr const char* kSameMachine[] = {"cpu", "usable cpus", "build"};

constexpr std::size_t kDay = sizeof("2026-11-30") - 1;

double ScaleOf(const std::string& unit) {
  return unit == "ns" ? 1e-9 : unit == "us" ? 1e-6 : unit == "ms" ? 1e-3 : 1;
}

// Takes one of the runs into `baseline`, unless it is none of a cell.
void Keep(const JsonValue& run, Baseline* baseline) {
  CellName name;
  const double index = run.Number("repetition_index", 0);
  if (run.Text("run_type") != "iteration" ||
      !ParseCellName(run.Text("name"), &name) || !(index >= 0) ||
      index >= kMostRepetitions) {
    return;
  }
  Times& times = baseline->cells[run.Text("name")];
  const auto at = static_cast<std::size_t>(index);
  times.resize(std::max(times.size(), at + 1));
  const double time = run.Number("real_time", 0);
  if (run.Find("error_message") == nullptr && time > 0) {
    times[at] = time * ScaleOf(run.Text("time_unit"));
  }
}

std::vector<double> EarlierRatios(const Times& ours, const Times& rival) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < std::min(ours.size(), rival.size()); ++i) {
    if (ours[i].has_value() && rival[i].has_value()) {
      ratios.push_back(*ours[i] / *rival[i]);
    }
  }
  return ratios;
}

Shift ShiftOf(const std::vector<double>& now, const std::vector<double>& before,
              bool quiet) {
  const Spread a = SpreadOf(now);
  const Spread b = SpreadOf(before);
  const bool enough = quiet && std::min(now.size(), before.size()) >= kEnough;
  if (a.median > kNoticed * b.median) {
    return enough && a.min > b.max ? Shift::kRegressed : Shift::kPerhapsSlower;
  }
  if (a.median * kNoticed < b.median) {
    return enough && a.max < b.min ? Shift::kImproved : Shift::kPerhapsFaster;
  }
  return Shift::kUnchanged;
}

// The change of one cell of parkway; nothing if there is no rival to compare
// it with.
std::optional<Change> ChangeOf(const Contest& contest, const Times& before,
                               const Baseline& baseline, bool quiet) {
  for (const Measured* const rival : contest.rivals) {
    const auto found = baseline.cells.find(rival->cell->Name());
    if (found == baseline.cells.end()) {
      continue;
    }
    const std::vector<double> earlier = EarlierRatios(before, found->second);
    const std::vector<double> now = RatiosOf(*contest.ours, *rival);
    Change change;
    change.cell = contest.ours->cell;
    change.rival = rival->cell->subject;
    change.finished = contest.outcome != Outcome::kNotFinished;
    if (earlier.empty() || (now.empty() && change.finished)) {
      continue;
    }
    change.before = SpreadOf(earlier);
    if (change.finished) {
      change.now = SpreadOf(now);
      change.shift = ShiftOf(now, earlier, quiet);
    } else {
      change.shift = Shift::kRegressed;
    }
    return change;
  }
  return std::nullopt;
}

bool Worse(const Change& a, const Change& b) {
  if (a.shift != b.shift) {
    return a.shift < b.shift;
  }
  return a.finished == b.finished ? a.Factor() > b.Factor() : !a.finished;
}

bool IsQuiet(const std::map<std::string, std::string>& context) {
  const auto load = context.find(kOtherLoad);
  return load == context.end() || !absl::StrContains(load->second, kNoisy);
}

std::vector<std::string> Cautions(
    const Baseline& baseline,
    const std::map<std::string, std::string>& context) {
  std::vector<std::string> cautions;
  for (const char* const name : kSameMachine) {
    const auto before = baseline.context.find(name);
    const auto now = context.find(name);
    if (before != baseline.context.end() && now != context.end() &&
        before->second != now->second) {
      cautions.push_back(absl::StrCat(
          "Doubt: ", name, " of the baseline is \"", before->second,
          "\" and here \"", now->second, "\". That alone changes ratios."));
    }
  }
  return cautions;
}

}  // namespace

std::string Baseline::Date() const {
  const auto found = context.find("date");
  return found == context.end() ? "" : found->second.substr(0, kDay);
}

bool ParseBaseline(const std::string& text, Baseline* baseline,
                   std::string* error) {
  JsonValue json;
  if (!ParseJson(text, &json, error)) {
    *error = absl::StrCat("is not JSON (", *error,
                          "); name a file that ab wrote with --json");
    return false;
  }
  const JsonValue* const context = json.Find("context");
  if (context != nullptr) {
    for (const std::string& name : context->names) {
      baseline->context[name] = context->Text(name);
    }
  }
  const JsonValue* const runs = json.Find("benchmarks");
  if (runs != nullptr) {
    for (const JsonValue& run : runs->items) {
      Keep(run, baseline);
    }
  }
  if (baseline->cells.empty()) {
    *error =
        "is JSON without a cell of ab; name a file that ab wrote with "
        "--json";
    return false;
  }
  return true;
}

bool ReadBaseline(const std::string& path, Baseline* baseline,
                  std::string* error) {
  std::ifstream in(path, std::ios::binary);
  // A folder opens, but has nothing to read.
  if (!in.good() || in.peek() == std::ifstream::traits_type::eof()) {
    *error = absl::StrCat("cannot read ", path,
                          ", or it is empty; name a file that ab wrote with "
                          "--json");
    return false;
  }
  const std::string text{std::istreambuf_iterator<char>(in),
                         std::istreambuf_iterator<char>()};
  if (!ParseBaseline(text, baseline, error)) {
    *error = absl::StrCat(path, " ", *error);
    return false;
  }
  return true;
}

int Changes::Count(Shift shift) const {
  return static_cast<int>(std::count_if(
      cells.begin(), cells.end(),
      [shift](const Change& change) { return change.shift == shift; }));
}

Changes Since(const Baseline& baseline, const std::vector<Measured>& measured,
              const std::map<std::string, std::string>& context,
              const std::function<bool(const std::string&)>& wanted) {
  Changes changes;
  changes.cautions = Cautions(baseline, context);
  const bool quiet = IsQuiet(baseline.context) && IsQuiet(context);
  if (!quiet) {
    changes.cautions.push_back(
        "Doubt: the machine was not quiet in both runs, so nothing is called "
        "REGRESSED or improved.");
  }
  std::set<std::string> names;
  for (const Measured& one : measured) {
    names.insert(one.cell->Name());
    if (baseline.cells.count(one.cell->Name()) == 0) {
      changes.fresh.push_back(one.cell->Name());
    }
  }
  for (const auto& [name, times] : baseline.cells) {
    if (names.count(name) == 0 && wanted(name)) {
      changes.missing.push_back(name);
    }
  }
  for (const Contest& contest : Contests(measured)) {
    const std::string name = contest.ours->cell->Name();
    const auto before = baseline.cells.find(name);
    if (before == baseline.cells.end()) {
      continue;
    }
    std::optional<Change> change =
        ChangeOf(contest, before->second, baseline, quiet);
    if (change.has_value()) {
      changes.cells.push_back(*std::move(change));
    } else {
      changes.unmatched.push_back(name);
    }
  }
  std::stable_sort(changes.cells.begin(), changes.cells.end(), Worse);
  return changes;
}

}  // namespace parkway_bench
