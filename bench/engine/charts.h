// SPDX-License-Identifier: Apache-2.0

// What the figures of a page show of a run.

#ifndef PARKWAY_BENCH_ENGINE_CHARTS_H_
#define PARKWAY_BENCH_ENGINE_CHARTS_H_

#include <functional>
#include <string>
#include <vector>

#include "bench/engine/baseline.h"
#include "bench/engine/cell.h"
#include "bench/engine/sheet.h"

namespace parkway_bench {

// A line for each subject of the group: time per operation by threads.
Chart TimeChart(const std::vector<Measured>& measured,
                const std::string& group);

// A row for each cell of parkway that is `wanted`: its time and CPU time over
// those of the best other. The worst first.
Chart RatioChart(const std::vector<Measured>& measured,
                 const std::function<bool(const Cell&)>& wanted);

// The cells where parkway is slower than the best other, the worst first, with
// a figure of the first of them; without rows if there is none.
SheetSection LostCells(const std::vector<Measured>& measured);

// The ratios then and now, of the first of those that have changed.
Chart ChangesChart(const Changes& changes);

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_ENGINE_CHARTS_H_
