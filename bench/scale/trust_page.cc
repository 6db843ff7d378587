// SPDX-License-Identifier: Apache-2.0

#include "bench/scale/trust_page.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "bench/engine/numbers.h"

namespace parkway_bench::scale {
namespace {

// Why a group of cells misses, where that is known. The first that fits.
struct Cause {
  const char* benchmark;  // what its name begins with
  const char* lock;       // empty: each
  int least_threads;
  const char* text;
};

constexpr Cause kCauses[] = {
    {"MutexContention", "absl::Mutex", 2,
     "on the real machine who spins seldom finds the lock free, and sleeps "
     "(its "
     "fairness and switches say so); here it finds it free every second time. "
     "Which of two CPUs has a line while both want it is not modelled so "
     "finely"},
    {"ChanContended", "absl::Mutex", 2, "as MutexContention"},
    {"MutexContention", "FutexMutex", 2,
     "each look of a waiter seems to cost the owner more on the real machine; "
     "why is not known"},
    {"ChanContended", "FutexMutex", 2, "as MutexContention"},
    {"MutexContentionWork", "tbb::queuing_mutex", 4,
     "two states: all threads stand in the queue, or nobody does. The real "
     "machine is in the first one, the simulated one in the second"},
    {"MutexContention", "tbb::queuing_mutex", 4,
     "in which order the kernel runs threads that yield to each other all the "
     "time is modelled roughly"},
    {"ChanContended", "tbb::queuing_mutex", 4, "as MutexContention"},
    {"ChanContended", "std::mutex", 4,
     "the measured runs differ by two to four times from each other"},
    {"NoteWakeSleeper", "", 8,
     "two states: with four pairs the CPUs sleep between two wakes, or never "
     "do; with two pairs and with eight there is one"},
    {"ReadersWriters/10", "", 2,
     "the simulated threads meet in the section more often than the real "
     "ones, which fall out of step; why is not known. To ask for the second "
     "line of a section before the lock is held, as a processor may, changes "
     "nothing"},
    {"ReadersWriters/50", "", 2, "as ReadersWriters/10"},
    {"", "", 1, "the cause is not known"},
};

const char* WhyMissed(const MeasuredCell& cell) {
  for (const Cause& cause : kCauses) {
    const std::string lock = cause.lock;
    if (cell.benchmark.rfind(cause.benchmark, 0) == 0 &&
        (lock.empty() || lock == cell.lock) &&
        cell.threads >= cause.least_threads) {
      return cause.text;
    }
  }
  return "";
}

double Off(const Predicted& one) { return std::abs(std::log(one.Ratio())); }

std::string Cells(int n) {
  return absl::StrCat(n, n == 1 ? " cell" : " cells");
}

// "with 1, 2 and 4 threads"
std::string Listed(const std::vector<std::string>& words) {
  if (words.size() < 2) return absl::StrJoin(words, "");
  return absl::StrCat(absl::StrJoin(words.begin(), words.end() - 1, ", "),
                      " and ", words.back());
}

void AddCounts(const std::vector<Predicted>& all,
               std::vector<SummaryLine>* lines) {
  std::vector<std::string> names;
  std::map<std::string, std::pair<int, int>> counts;  // hits, cells
  std::map<int, std::pair<int, int>> by_threads;
  int hits = 0;
  for (const Predicted& one : all) {
    const std::string& name = one.measured.benchmark;
    if (counts.count(name) == 0) names.push_back(name);
    for (auto* const count :
         {&counts[name], &by_threads[one.measured.threads]}) {
      count->first += one.Hits() ? 1 : 0;
      ++count->second;
    }
    hits += one.Hits() ? 1 : 0;
  }
  lines->push_back(
      {absl::StrFormat("Within 25 %%: %d of %d cells.", hits, all.size())});
  for (const std::string& name : names) {
    lines->push_back({absl::StrFormat("%s: %d of %d", name, counts[name].first,
                                      counts[name].second),
                      true});
  }
  for (const auto& [threads, count] : by_threads) {
    lines->push_back(
        {absl::StrFormat("with %d thread%s: %d of %d", threads,
                         threads == 1 ? "" : "s", count.first, count.second),
         true});
  }
}

// The misses of one lock in one benchmark, by cause.
void AddMisses(const std::vector<Predicted>& all,
               std::vector<SummaryLine>* lines) {
  struct Miss {
    std::string what;
    std::string why;
    std::vector<std::string> ratios;
    std::vector<std::string> threads;
    double off = 0;
  };
  std::vector<Miss> misses;
  int count = 0;
  for (const Predicted& one : all) {
    if (one.Hits()) continue;
    ++count;
    const std::string what =
        absl::StrCat(one.measured.benchmark, ", ", one.measured.lock);
    const std::string why = WhyMissed(one.measured);
    auto found = std::find_if(misses.begin(), misses.end(), [&](const Miss& m) {
      return m.what == what && m.why == why;
    });
    if (found == misses.end()) {
      found = misses.insert(found, {what, why, {}, {}, 0});
    }
    found->ratios.push_back(absl::StrFormat("%.2f", one.Ratio()));
    found->threads.push_back(absl::StrCat(one.measured.threads));
    found->off = std::max(found->off, Off(one));
  }
  std::stable_sort(misses.begin(), misses.end(),
                   [](const Miss& a, const Miss& b) { return a.off > b.off; });
  lines->push_back({count == 0 ? "No cell is missed."
                               : absl::StrCat("Missed: ", Cells(count),
                                              ", the worst first.")});
  std::set<std::string> said;
  for (const Miss& miss : misses) {
    lines->push_back(
        {absl::StrCat(
             miss.what, ": ", Listed(miss.ratios), " of what was ",
             "measured with ", Listed(miss.threads),
             miss.threads.size() == 1 && miss.threads[0] == "1" ? " thread; "
                                                                : " threads; ",
             said.insert(miss.why).second || miss.why.rfind("as ", 0) == 0
                 ? miss.why
                 : "as above",
             "."),
         true});
  }
}

void AddOrders(const std::vector<Order>& orders,
               std::vector<SummaryLine>* lines) {
  int right = 0;
  int pairs = 0;
  int same = 0;
  int wrong = 0;
  for (const Order& order : orders) {
    right += order.wrong.empty() && order.same == 0 ? 1 : 0;
    pairs += order.pairs;
    same += order.same;
    wrong += static_cast<int>(order.wrong.size());
  }
  lines->push_back({absl::StrFormat(
      "Order: right in %d of %d benchmarks with a number of threads. Of %d "
      "pairs of locks whose measured ranges do not overlap %d stand the wrong "
      "way round, and %d are predicted to be the same.",
      right, orders.size(), pairs, wrong, same)});
}

void AddCurves(const std::vector<Curve>& curves,
               std::vector<SummaryLine>* lines) {
  int claims = 0;
  std::vector<SummaryLine> failed;
  for (const Curve& curve : curves) {
    for (const Curve::Claim& claim : curve.claims) {
      ++claims;
      if (claim.holds) continue;
      failed.push_back(
          {absl::StrCat(curve.table.title, ": not so here: ", claim.text),
           true});
    }
  }
  lines->push_back({absl::StrFormat(
      "Published curves: %d of %d claims about their shape hold.",
      claims - failed.size(), claims)});
  lines->insert(lines->end(), failed.begin(), failed.end());
}

// As words fit into a line of the page.
void Fill(const std::string& first, const std::string& text, std::string* out) {
  constexpr std::size_t kWidth = 120;
  std::string line = first;
  const std::string indent(first.size(), ' ');
  bool empty = true;
  for (const absl::string_view word : absl::StrSplit(text, ' ')) {
    if (!empty && line.size() + 1 + word.size() > kWidth) {
      absl::StrAppend(out, line, "\n");
      line = indent;
      empty = true;
    }
    absl::StrAppend(&line, empty ? "" : " ", word);
    empty = false;
  }
  absl::StrAppend(out, line, "\n");
}

void AddTable(const Table& table, std::string* out) {
  Table bare = table;
  bare.notes.clear();
  std::ostringstream text;
  PrintMarkdown(bare, text);
  const std::string rows = text.str();
  const std::size_t body = rows.find("\n|");
  absl::StrAppend(out, rows.substr(0, body + 1));
  for (const std::string& note : table.notes) {
    Fill("", note, out);
    absl::StrAppend(out, "\n");
  }
  absl::StrAppend(out, rows.substr(body + 1));
}

constexpr const char* kNotPredicted[] = {
    "The longest wait, fairness and CPU time of a cell: they are not compared.",
    "A cell that swings between two states by itself, such as std::mutex with "
    "2 threads, whose runs differ by more than 25 %: its median is a matter of "
    "luck, and its range stands beside it.",
    "How many CPUs a virtual machine really has: where its two CPUs share a "
    "core, all is different.",
    "Programs. A cell has one lock and one loop.",
    "Large machines. Two CPUs have one distance; that a machine with many is "
    "right is shown by the published curves alone, and by their shape.",
};

}  // namespace

Table PairsTable(const std::vector<Predicted>& all) {
  Table table;
  table.title = "Every pair";
  table.notes = {"ns for an operation of the whole machine."};
  table.columns = {"benchmark", "threads",   "lock",  "measured",
                   "min..max",  "predicted", "ratio", "within 25 %"};
  for (const Predicted& one : all) {
    const MeasuredCell& measured = one.measured;
    table.rows.push_back(
        {measured.benchmark, absl::StrCat(measured.threads), measured.lock,
         Number(measured.median),
         absl::StrCat(Number(measured.least), "..", Number(measured.most)),
         Number(one.ns), absl::StrFormat("%.2f", one.Ratio()),
         one.Hits() ? "yes" : "MISS"});
  }
  return table;
}

Table OrdersTable(const std::vector<Order>& orders) {
  Table table;
  table.title = "Order of the locks";
  table.notes = {
      "Pairs: of locks whose measured ranges do not overlap. \"The same\": "
      "their predictions differ by less than 1 %. The last column has those "
      "that are predicted the other way round, as they were measured."};
  table.columns = {"benchmark",      "threads",  "rank correlation",
                   "pairs in order", "the same", "the wrong way round"};
  for (const Order& order : orders) {
    const int wrong = static_cast<int>(order.wrong.size());
    table.rows.push_back(
        {order.benchmark, absl::StrCat(order.threads),
         absl::StrFormat("%.2f", order.rank_correlation),
         absl::StrCat(order.pairs - order.same - wrong, " of ", order.pairs),
         absl::StrCat(order.same), absl::StrJoin(order.wrong, ", ")});
  }
  return table;
}

std::vector<SummaryLine> TrustInShort(const std::vector<Predicted>& all,
                                      const std::vector<MeasuredCell>& left_out,
                                      const std::vector<Curve>& curves) {
  std::vector<SummaryLine> lines;
  AddMisses(all, &lines);
  AddCounts(all, &lines);
  AddOrders(Orders(all), &lines);
  AddCurves(curves, &lines);
  std::set<std::string> locks;
  for (const MeasuredCell& cell : left_out) {
    locks.insert(absl::StrCat(cell.lock, " in ", cell.benchmark));
  }
  if (!locks.empty()) {
    lines.push_back({absl::StrCat(
        "Measured and not simulated: ", absl::StrJoin(locks, ", "), ".")});
  }
  return lines;
}

std::string TrustPage(const Description& facts,
                      const std::vector<Predicted>& all,
                      const std::vector<MeasuredCell>& left_out,
                      const std::vector<Curve>& curves) {
  std::string page = "# Whether the simulated machine is to be believed\n\n";
  Fill(
      "",
      "[bench/scale](../../bench/README.md#scale) simulates the locks on "
      "machines that we do not have. Here it has the costs of one that we "
      "have, with two CPUs, and says what was measured there. Which costs were "
      "measured one by one, and which were chosen so that cells come out, "
      "stands in bench/scale/costs.cc.",
      &page);
  page += "\n";
  for (const auto& [name, value] : facts) {
    Fill("- ", absl::StrCat(name, ": ", value), &page);
  }
  page += "\n## In short\n\n";
  for (const SummaryLine& line : TrustInShort(all, left_out, curves)) {
    Fill(line.detail ? "  - " : "- ", line.text, &page);
  }
  page += "\n## Cells\n";
  AddTable(OrdersTable(Orders(all)), &page);
  AddTable(PairsTable(all), &page);
  page += "\n## Published curves\n";
  for (const Curve& curve : curves) {
    std::string text = absl::StrCat("\n### ", curve.table.title, "\n\n");
    Fill("- ", absl::StrCat("Source: ", curve.source), &text);
    Fill("- ", absl::StrCat("Its shape: ", curve.shape), &text);
    Fill("- ", absl::StrCat("Here: ", curve.here), &text);
    for (const Curve::Claim& claim : curve.claims) {
      Fill(
          "- ",
          absl::StrCat(claim.holds ? "Holds: " : "DOES NOT HOLD: ", claim.text),
          &text);
    }
    std::string rows;
    AddTable(curve.table, &rows);
    absl::StrAppend(&page, text, rows.substr(rows.find("\n\n") + 1));
  }
  page += "\n## What cannot be predicted\n\n";
  for (const char* const text : kNotPredicted) Fill("- ", text, &page);
  return page;
}

}  // namespace parkway_bench::scale
