// SPDX-License-Identifier: Apache-2.0

// The benchmarks of waiting in oneTBB's tasks (docs/guide/tasks.md): two
// workers, whatever the machine has.

#ifndef PARKWAY_BENCH_TASKS_TASK_GROUPS_H_
#define PARKWAY_BENCH_TASKS_TASK_GROUPS_H_

#include <vector>

#include "bench/engine/cell.h"

namespace parkway_bench {

inline constexpr int kTaskWorkers = 2;

void AddBlockingCalls(std::vector<Cell>* cells);
void AddTaskMutexes(std::vector<Cell>* cells);
void AddTaskProgress(std::vector<Cell>* cells);
void AddWakeToRun(std::vector<Cell>* cells);

// All of them, if `threads` has kTaskWorkers.
void AddTaskWaits(const std::vector<int>& threads, std::vector<Cell>* cells);

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_TASKS_TASK_GROUPS_H_
