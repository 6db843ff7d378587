// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/summary.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "bench/engine/cell_name.h"
#include "bench/engine/contest.h"
#include "bench/engine/quiet.h"
#include "bench/engine/stats.h"

namespace parkway_bench {
namespace {

constexpr std::size_t kMostLosses = 5;
constexpr std::size_t kMostGains = 2;
// With fewer runs, that all say the same is no surprise.
constexpr int kEnough = 3;

// Below this, two digits behind the point say too little.
constexpr double kTiny = 0.1;

struct Point {
  int threads;
  double ratio;
  bool sure;  // not within the spread
};

// What a lock of parkway's did in one group against one other, by threads.
struct Row {
  const Cell* cell;
  std::string rival;
  std::vector<Point> points;
};

using Wanted = std::function<bool(const Contest&)>;

Wanted Has(std::set<Outcome> outcomes) {
  return [outcomes](const Contest& contest) {
    return outcomes.count(contest.outcome) != 0;
  };
}

std::vector<Row> Rows(const std::vector<Contest>& contests,
                      const Wanted& wanted) {
  std::vector<Row> rows;
  for (const Contest& contest : contests) {
    if (!wanted(contest)) {
      continue;
    }
    const Cell* const cell = contest.ours->cell;
    const std::string& rival = contest.rivals.front()->cell->subject;
    auto row = std::find_if(rows.begin(), rows.end(), [&](const Row& one) {
      return one.cell->group == cell->group &&
             one.cell->subject == cell->subject && one.rival == rival;
    });
    if (row == rows.end()) {
      row = rows.insert(row, {cell, rival, {}});
    }
    const double ratio =
        contest.ratios.empty() ? 0 : SpreadOf(contest.ratios).median;
    row->points.push_back({cell->threads, ratio,
                           contest.outcome == Outcome::kSlower ||
                               contest.outcome == Outcome::kFaster});
  }
  return rows;
}

double Largest(const Row& row, bool sure) {
  double largest = 0;
  for (const Point& point : row.points) {
    largest = point.sure == sure ? std::max(largest, point.ratio) : largest;
  }
  return largest;
}

double Smallest(const Row& row) {
  return std::min_element(
             row.points.begin(), row.points.end(),
             [](const Point& a, const Point& b) { return a.ratio < b.ratio; })
      ->ratio;
}

// "1.93 and 1.46".
std::string Ratios(const Row& row) {
  std::vector<std::string> words;
  for (const Point& point : row.points) {
    words.push_back(point.ratio < kTiny ? absl::StrFormat("%.2g", point.ratio)
                                        : absl::StrFormat("%.2f", point.ratio));
  }
  return Enumerate(words);
}

std::vector<int> Threads(const std::vector<Point>& points) {
  std::vector<int> threads;
  for (const Point& point : points) {
    threads.push_back(point.threads);
  }
  return threads;
}

// How sure a row is, behind its other words.
std::string Sureness(const Row& row) {
  std::vector<Point> unsure;
  std::copy_if(row.points.begin(), row.points.end(), std::back_inserter(unsure),
               [](const Point& point) { return !point.sure; });
  if (unsure.empty()) {
    return ", in every run";
  }
  return unsure.size() == row.points.size()
             ? ", within the spread"
             : absl::StrCat("; within the spread with ",
                            ThreadCounts(Threads(unsure)));
}

std::string Sentence(const Row& row) {
  return absl::StrCat(ShortName(row.cell->group), ": ", row.cell->subject,
                      " takes ", Ratios(row), " times as long as ", row.rival,
                      " with ", ThreadCounts(Threads(row.points)),
                      Sureness(row), ".");
}

// Whose rows did not end, although the other's did.
std::string Unfinished(const Row& row, bool ours) {
  return absl::StrCat(
      ShortName(row.cell->group), " with ", ThreadCounts(Threads(row.points)),
      ": ", ours ? row.cell->subject : row.rival, " does not finish, ",
      ours ? row.rival : row.cell->subject, " does.");
}

std::size_t Count(const std::vector<Contest>& contests, const Wanted& wanted) {
  return static_cast<std::size_t>(
      std::count_if(contests.begin(), contests.end(), wanted));
}

void AddLosses(const std::vector<Contest>& contests,
               std::vector<SummaryLine>* lines) {
  std::vector<Row> unfinished = Rows(contests, Has({Outcome::kNotFinished}));
  std::vector<Row> slower =
      Rows(contests, Has({Outcome::kSlower, Outcome::kPerhapsSlower}));
  const std::size_t unsure = Count(contests, Has({Outcome::kPerhapsSlower}));
  const std::size_t lost = Count(
      contests,
      Has({Outcome::kSlower, Outcome::kPerhapsSlower, Outcome::kNotFinished}));
  if (lost == 0) {
    lines->push_back(
        {absl::StrCat("Lost: nothing. In none of ", contests.size(),
                      contests.size() == 1 ? " cell" : " cells",
                      " is parkway slower than the best other.")});
    return;
  }
  // Those that are sure first.
  std::stable_sort(
      slower.begin(), slower.end(), [](const Row& a, const Row& b) {
        const double x = Largest(a, true);
        const double y = Largest(b, true);
        return x != y ? x > y : Largest(a, false) > Largest(b, false);
      });
  lines->push_back({absl::StrCat(
      "Lost: parkway is slower than the best other in ", lost, " of ",
      contests.size(), contests.size() == 1 ? " cell" : " cells",
      unsure == 0 ? ", in every run."
      : unsure == lost
          ? ", always within the spread."
          : absl::StrCat("; ", unsure, " of these within the spread."))});
  std::vector<std::string> sentences;
  for (const Row& row : unfinished) {
    sentences.push_back(Unfinished(row, true));
  }
  for (const Row& row : slower) {
    sentences.push_back(Sentence(row));
  }
  const std::size_t shown = std::min(kMostLosses, sentences.size());
  for (std::size_t i = 0; i < shown; ++i) {
    lines->push_back({sentences[i], true});
  }
  if (shown < sentences.size()) {
    lines->push_back({absl::StrCat("And ", sentences.size() - shown,
                                   " more; LOSES marks them in the tables."),
                      true});
  }
}

void AddPrograms(const std::vector<Contest>& contests,
                 std::vector<SummaryLine>* lines) {
  if (contests.empty()) {
    return;
  }
  lines->push_back({"Programs, time of parkway over that of stock:"});
  const auto add = [&](const char* title, const Wanted& wanted) {
    const std::vector<Row> rows = Rows(contests, wanted);
    if (!rows.empty()) {
      lines->push_back(
          {absl::StrCat(title, ": ",
                        absl::StrJoin(rows, "; ",
                                      [](std::string* out, const Row& row) {
                                        absl::StrAppend(
                                            out, ShortName(row.cell->group),
                                            " ", Ratios(row), " with ",
                                            ThreadCounts(Threads(row.points)));
                                      }),
                        "."),
           true});
    }
  };
  add("Slower in every run", Has({Outcome::kSlower}));
  add("Slower, within the spread", Has({Outcome::kPerhapsSlower}));
  add("Faster in every run", Has({Outcome::kFaster}));
  add("Faster or the same, within the spread", Has({Outcome::kPerhapsFaster}));
}

void AddGains(const std::vector<Contest>& contests,
              std::vector<SummaryLine>* lines) {
  const std::vector<Row> unfinished =
      Rows(contests, Has({Outcome::kRivalNotFinished}));
  std::vector<Row> faster = Rows(contests, Has({Outcome::kFaster}));
  const std::size_t gained =
      Count(contests, Has({Outcome::kFaster, Outcome::kRivalNotFinished}));
  lines->push_back({absl::StrCat(
      "Gains: parkway is faster than the best other in every run in ", gained,
      " of ", contests.size(), contests.size() == 1 ? " cell." : " cells.")});
  for (const Row& row : unfinished) {
    lines->push_back({Unfinished(row, false), true});
  }
  std::stable_sort(
      faster.begin(), faster.end(),
      [](const Row& a, const Row& b) { return Smallest(a) < Smallest(b); });
  std::set<std::string> groups;
  for (const Row& row : faster) {
    if (groups.size() < kMostGains && groups.insert(row.cell->group).second) {
      lines->push_back({Sentence(row), true});
    }
  }
}

}  // namespace

std::vector<SummaryLine> InShort(const std::vector<Measured>& measured) {
  std::vector<Contest> programs;
  std::vector<Contest> others;
  for (const Contest& contest : Contests(measured)) {
    (IsProgram(*contest.ours->cell) ? programs : others).push_back(contest);
  }
  std::vector<SummaryLine> lines;
  if (programs.empty() && others.empty()) {
    lines.push_back(
        {"Nothing is compared: each group and thread count has "
         "cells of one side only."});
  }
  if (!others.empty()) {
    AddLosses(others, &lines);
  }
  AddPrograms(programs, &lines);
  if (!others.empty()) {
    AddGains(others, &lines);
  }
  return lines;
}

std::vector<SummaryLine> Doubts(int repetitions, double others) {
  std::vector<SummaryLine> lines;
  if (repetitions < kEnough) {
    lines.push_back({absl::StrCat(
        "Doubt: with ", repetitions, repetitions == 1 ? " run" : " runs",
        " of each cell \"in every run\" means little. Use --repetitions 5 or "
        "more.")});
  }
  if (others > kQuietShare) {
    lines.push_back({absl::StrFormat(
        "Doubt: %.0f %% of the machine went to other processes. Measure again "
        "when it is quiet.",
        100 * others)});
  }
  return lines;
}

void PrintText(const std::vector<SummaryLine>& lines, std::ostream& out) {
  out << "\nIn short\n";
  for (const SummaryLine& line : lines) {
    out << (line.detail ? "    " : "  ") << line.text << '\n';
  }
  out.flush();
}

void PrintMarkdown(const std::vector<SummaryLine>& lines, std::ostream& out) {
  out << "\n## In short\n\n";
  for (const SummaryLine& line : lines) {
    out << (line.detail ? "  - " : "- ") << line.text << '\n';
  }
}

}  // namespace parkway_bench
