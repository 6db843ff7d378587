// SPDX-License-Identifier: Apache-2.0

#include "bench/tasks/task_groups.h"

#include <algorithm>

namespace parkway_bench {

void AddTaskWaits(const std::vector<int>& threads, std::vector<Cell>* cells) {
  if (std::count(threads.begin(), threads.end(), kTaskWorkers) == 0) return;
  AddTaskMutexes(cells);
  AddTaskProgress(cells);
  AddWakeToRun(cells);
  AddBlockingCalls(cells);
}

}  // namespace parkway_bench
