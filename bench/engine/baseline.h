// SPDX-License-Identifier: Apache-2.0

// An earlier run, as --json wrote it, and what has changed since.
//
// What is compared is the ratio of parkway's time to another's, each within its
// own run. Times of two runs are not.

#ifndef PARKWAY_BENCH_ENGINE_BASELINE_H_
#define PARKWAY_BENCH_ENGINE_BASELINE_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bench/engine/cell.h"
#include "bench/engine/stats.h"

namespace parkway_bench {

struct Baseline {
  std::map<std::string, std::string> context;  // such as {"cpu", "..."}
  // Times of each cell by repetition; nothing for one that was lost.
  std::map<std::string, std::vector<std::optional<double>>> cells;

  // The day it was made; empty if it doesn't say.
  std::string Date() const;
};

// Returns false, and a sentence in `*error`, if the file can't be read or is no
// JSON of ab.
bool ReadBaseline(const std::string& path, Baseline* baseline,
                  std::string* error);

// The same from the file's text; `*error` is without the file's name.
bool ParseBaseline(const std::string& text, Baseline* baseline,
                   std::string* error);

enum class Shift {
  kRegressed,      // every ratio is above all of the baseline's
  kPerhapsSlower,  // above it, but within the spread
  kUnchanged,      // by less than a twentieth
  kPerhapsFaster,
  kImproved,
};

// A cell of parkway in both runs.
struct Change {
  const Cell* cell = nullptr;
  // The fastest other of this run that is in both.
  std::string rival;
  Spread before;
  Spread now;
  Shift shift = Shift::kUnchanged;
  bool finished = true;  // false: it did in the baseline, it doesn't now

  double Factor() const { return now.median / before.median; }
};

struct Changes {
  std::vector<Change> cells;           // the worst first
  std::vector<std::string> fresh;      // names of cells, not in the baseline
  std::vector<std::string> missing;    // in the baseline, not in this run
  std::vector<std::string> unmatched;  // have no rival that is in both
  std::vector<std::string> cautions;   // sentences

  int Count(Shift shift) const;
};

// `wanted` says of a cell in the baseline whether this run was to measure it;
// `context` is this run's. Where one of them says that the machine was noisy
// nothing is sure: then nothing is kRegressed or kImproved.
Changes Since(const Baseline& baseline, const std::vector<Measured>& measured,
              const std::map<std::string, std::string>& context,
              const std::function<bool(const std::string&)>& wanted);

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_ENGINE_BASELINE_H_
