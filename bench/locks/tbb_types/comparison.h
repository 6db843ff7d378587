// SPDX-License-Identifier: Apache-2.0

// One type of oneTBB's against parkway's of the same name, in one benchmark.
#ifndef PARKWAY_BENCH_LOCKS_TBB_TYPES_COMPARISON_H_
#define PARKWAY_BENCH_LOCKS_TBB_TYPES_COMPARISON_H_

#include <optional>
#include <string>
#include <vector>

#include "bench/engine/cell.h"
#include "bench/engine/table.h"

namespace parkway_bench {

// What was aimed at: parkway / stock, at most. Empty: nothing.
struct Goal {
  std::optional<double> time;
  std::optional<double> involuntary_switches;
};

struct Comparison {
  std::string benchmark;  // "Uncontended"
  std::string type;       // "spin_mutex"
  int threads = 1;
  Goal goal;
  Cell stock;
  Cell parkway;
};

// A measured pair.
struct Compared {
  const Comparison* comparison = nullptr;
  Measured stock;
  Measured parkway;
};

// A row for each, and at its end whether the goal was reached.
Table ComparisonTable(const std::vector<Compared>& compared);

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_LOCKS_TBB_TYPES_COMPARISON_H_
