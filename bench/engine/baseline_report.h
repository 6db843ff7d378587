// SPDX-License-Identifier: Apache-2.0

// What has changed since a baseline, as a table and in words.

#ifndef PARKWAY_BENCH_ENGINE_BASELINE_REPORT_H_
#define PARKWAY_BENCH_ENGINE_BASELINE_REPORT_H_

#include <string>
#include <vector>

#include "bench/engine/baseline.h"
#include "bench/engine/summary.h"
#include "bench/engine/table.h"

namespace parkway_bench {

// One row for each cell that has changed, the worst first; and which cells are
// new, are missing or have nothing to be compared with. `name` is that of the
// baseline.
Table ChangesTable(const std::string& name, const Baseline& baseline,
                   const Changes& changes);

std::vector<SummaryLine> ChangesInShort(const Baseline& baseline,
                                        const Changes& changes);

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_ENGINE_BASELINE_REPORT_H_
