// SPDX-License-Identifier: Apache-2.0

// What groups of benchmarks there are, and how long they take.

#ifndef PARKWAY_BENCH_ENGINE_GROUPS_H_
#define PARKWAY_BENCH_ENGINE_GROUPS_H_

#include <string>
#include <vector>

#include "bench/engine/cell.h"
#include "bench/engine/table.h"

namespace parkway_bench {

// From here on a group says how long it takes before it starts.
inline constexpr double kLongSeconds = 20;

// What a group measures, in one line; empty for one that isn't known.
std::string WhatGroupIs(const std::string& group);

// About how long one run of the cell takes. It was measured on the machine of
// docs/results: others differ.
double SecondsOnce(const Cell& cell);

// The same for so many runs of all `cells`.
double SecondsFor(const std::vector<const Cell*>& cells, int repetitions);

// "4 s", "45 s", "3 min": what an estimate is good for.
std::string Duration(double seconds);

// One row for each group of `cells`, in their order.
Table GroupTable(const std::vector<const Cell*>& cells, int repetitions);

// Before the first cell of a group is measured: how long the group takes, in
// one line; empty if that is short.
std::string LongGroupLine(const std::string& group,
                          const std::vector<const Cell*>& cells,
                          int repetitions);

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_ENGINE_GROUPS_H_
