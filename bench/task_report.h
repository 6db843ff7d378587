// The table of oneTBB's suspended tasks.

#ifndef PARKWAY_BENCH_TASK_REPORT_H_
#define PARKWAY_BENCH_TASK_REPORT_H_

#include <string>
#include <vector>

#include "bench/cell.h"
#include "bench/table.h"

namespace parkway_bench {

// One row for each group of "SuspendedTasks/" and each thread count: stock
// against preloaded, with the runs that were lost. Cells of other groups are
// left out; no rows when there is none.
Table TaskTable(const std::vector<Measured>& measured);

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_TASK_REPORT_H_
