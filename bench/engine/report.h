// SPDX-License-Identifier: Apache-2.0

// The tables of what was measured.

#ifndef PARKWAY_BENCH_ENGINE_REPORT_H_
#define PARKWAY_BENCH_ENGINE_REPORT_H_

#include <string>
#include <vector>

#include "bench/engine/cell.h"
#include "bench/engine/table.h"

namespace parkway_bench {

// One row for each program and thread count: stock against parkway. Cells of
// other groups are left out; no rows when there is none.
Table ProgramTable(const std::vector<Measured>& measured);

// One table for each group of benchmarks of primitives, in the order of the
// cells.
std::vector<Table> MicroTables(const std::vector<Measured>& measured);

// In the place of a group that can't be measured; `why` is a sentence without
// its end.
Table NotMeasured(const std::string& group, const std::string& why);

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_ENGINE_REPORT_H_
