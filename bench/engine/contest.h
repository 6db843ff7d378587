// SPDX-License-Identifier: Apache-2.0

// Cells of parkway against the best other of their group and thread count.

#ifndef PARKWAY_BENCH_ENGINE_CONTEST_H_
#define PARKWAY_BENCH_ENGINE_CONTEST_H_

#include <string>
#include <vector>

#include "bench/engine/cell.h"

namespace parkway_bench {

enum class Outcome {
  kSlower,            // in every run
  kPerhapsSlower,     // within the spread
  kPerhapsFaster,     // the same
  kFaster,            // in every run
  kNotFinished,       // every run of ours was lost, not so of theirs
  kRivalNotFinished,  // the other way round
  kUnknown,           // no two neighbours are left
};

struct Contest {
  const Measured* ours = nullptr;
  std::vector<const Measured*> rivals;  // at least one, as of BestFirst()
  std::vector<double> ratios;           // RatiosOf(*ours, *rivals.front())
  Outcome outcome = Outcome::kUnknown;
};

// Times of `ours` over those of `rival`, of neighbouring runs of which neither
// was lost.
std::vector<double> RatiosOf(const Measured& ours, const Measured& rival);

// Those of the other side in `rivals`, the fastest first; those that did not
// finish last.
std::vector<const Measured*> BestFirst(
    const std::vector<const Measured*>& rivals);

// What `ratios` say, which must not be empty.
Outcome OutcomeOf(const std::vector<double>& ratios);

// One for each cell of parkway that has a rival, in the order of the cells.
std::vector<Contest> Contests(const std::vector<Measured>& measured);

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_ENGINE_CONTEST_H_
