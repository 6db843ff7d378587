// SPDX-License-Identifier: Apache-2.0

// Parkway's cells against the goals: as fast as the best peer that sleeps, .8
// of the best that spins, no wait above 10 ms, less than 1 % of the machine for
// the interrupts of barriers.
#ifndef PARKWAY_BENCH_SCALE_VERDICTS_H_
#define PARKWAY_BENCH_SCALE_VERDICTS_H_

#include <string>
#include <vector>

#include "bench/engine/summary.h"
#include "bench/scale/cells.h"
#include "bench/scale/figures.h"

namespace parkway_bench::scale {

constexpr double kGoalOfSleeping = 1;
constexpr double kGoalOfSpinning = .8;
constexpr Time kLongestWait = Micros(10000);
constexpr double kMostInterrupted = .01;

struct Measured {
  Cell cell;
  Topology topology;
  double factor = 1;  // threads over CPUs
  int threads = 0;
  Figures figures;

  // The same but for the lock.
  bool IsRivalOf(const Measured& other) const;
};

// The fastest of that side among the rivals of `ours`; null if there is none.
const Measured* BestOf(Side side, const Measured& ours,
                       const std::vector<Measured>& all);

// The speed of `ours` over that of `rival`.
double SpeedOver(const Measured& rival, const Measured& ours);

// What the run means, what is lost first.
std::vector<SummaryLine> InShort(const std::vector<Measured>& all);

}  // namespace parkway_bench::scale

#endif  // PARKWAY_BENCH_SCALE_VERDICTS_H_
