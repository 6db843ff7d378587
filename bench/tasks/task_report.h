// SPDX-License-Identifier: Apache-2.0

// The table of oneTBB's suspended tasks.

#ifndef PARKWAY_BENCH_TASKS_TASK_REPORT_H_
#define PARKWAY_BENCH_TASKS_TASK_REPORT_H_

#include <string>
#include <vector>

#include "bench/engine/cell.h"
#include "bench/engine/table.h"

namespace parkway_bench {

// One row for each group of "SuspendedTasks/" and each thread count: stock
// against preloaded, with the runs that were lost. Cells of other groups are
// left out; no rows when there is none.
Table TaskTable(const std::vector<Measured>& measured);

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_TASKS_TASK_REPORT_H_
