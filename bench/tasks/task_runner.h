// SPDX-License-Identifier: Apache-2.0

// Running the programs on oneTBB's suspended tasks, stock and with the preload
// library.

#ifndef PARKWAY_BENCH_TASKS_TASK_RUNNER_H_
#define PARKWAY_BENCH_TASKS_TASK_RUNNER_H_

#include <string>
#include <vector>

#include "bench/engine/cell.h"
#include "bench/engine/scratch_folder.h"

namespace parkway_bench {

// Files; empty where there is none.
struct TaskPrograms {
  std::string resumable;   // bench/preload/tbb_resumable.cc, linked to a libtbb
  std::string suspended;   // bench/preload/tbb_suspended.cc, to the same
  std::string conditions;  // bench/preload/tbb_conditions.cc, to the same
  std::string library;     // libparkway_tbb.so
};

// What the build put into the runfiles.
TaskPrograms FindTaskPrograms();

class TaskRunner {
 public:
  explicit TaskRunner(TaskPrograms programs);

  // Why nothing can be measured here, in one sentence; empty if it can. Runs a
  // program to see whether the library takes its libtbb over.
  std::string WhyNot() const;

  // One run of `program` with `arguments`; the operation is a task, its time is
  // the figure that the program prints under the name `figure`. A run that
  // hangs, as those of oneTBB 2021.8 do now and then without the library as
  // well, is made again, and lost after the third; one that crashed in the
  // program's own child, which the program tells, is lost at once. Fails, with
  // the reason in the sample's error, when the program does in another way.
  // There is no CPU time.
  Sample Measure(const std::string& program,
                 const std::vector<std::string>& arguments,
                 const std::string& figure, double tasks, Side side) const;

  const TaskPrograms& programs() const { return programs_; }

 private:
  int Run(const std::string& program, const std::vector<std::string>& arguments,
          Side side, const std::vector<std::string>& environment,
          std::string* output, std::string* errors) const;

  const TaskPrograms programs_;
  const ScratchFolder scratch_;
};

// Adds the cells: a task that suspends and resumes itself, by thread count; one
// that is handed to other threads, which resume it, by how many these are; and
// a thousand and 100 000 tasks that one thread suspends at once.
void AddTasks(const std::vector<int>& threads, const TaskRunner* runner,
              std::vector<Cell>* cells);

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_TASKS_TASK_RUNNER_H_
