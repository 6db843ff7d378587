// SPDX-License-Identifier: Apache-2.0

// oneTBB's tasks as tasks that can park (parkway/task/scheduler.h).
//
// Every task_* type of parkway/tbb/ and blocking_call() do what this page says;
// docs/guide/tasks.md is the guide.
#ifndef PARKWAY_TBB_TASK_TASK_SCHEDULER_H_
#define PARKWAY_TBB_TASK_TASK_SCHEDULER_H_

#include <cstddef>
#include <cstdint>

#include "parkway/os/language.h"

namespace parkway {
namespace tbb {

// From now on park() (parkway/task/park.h) in a task of oneTBB suspends the
// task and lets its worker run others; elsewhere it parks the thread, as
// before. The types of parkway/tbb/task/task_*.h call it when they have to
// wait; a program that parks its own waiters calls it once. Idempotent, any
// thread, some nanoseconds after the first call.
//
// "In a task" is what oneTBB executes on behalf of a task_group, an algorithm,
// a flow graph, an arena's enqueue(). The body of task_arena::execute() is not,
// if its thread comes from outside of the arena: nobody but that thread can
// return from it.
//
// A task that is readied by a task runs next: on the first worker of its arena
// that ends one, before what is in local queues
// (parkway/tbb/task/task_suspension.h). One that is readied by a thread that
// oneTBB does not know, as the blocking pool's, or by its deadline, runs when
// a worker looks for resumed tasks by itself, with its queue empty; from 100 us
// on as if it were readied by a task then (parkway/tbb/task/late_resumes.h). In
// an arena without workers (task_arena(1), a parallelism of 1) only its thread
// looks, by itself.
//
// On a platform without resumable tasks, and where oneTBB was built without,
// nothing is ever suspended: the thread parks.
void use_task_scheduler() noexcept;

// The most tasks of the process that may be suspended at once, by parkway. One
// that would be beyond parks its thread instead, which needs no stack, and is
// counted (TaskStats::parked_threads); with all workers parked so, nobody is
// left to ready them, so this is a fuse and not a throttle.
//
// oneTBB crashes when it can't map another stack. By default the limit is
// a quarter of the mappings that a process may have (vm.max_map_count; a stack
// of oneTBB's takes two), so half of where it would crash, but at most
// kDefaultMaxSuspendedTasks.
void set_max_suspended_tasks(std::size_t limit) noexcept;
std::size_t max_suspended_tasks() noexcept;
inline constexpr std::size_t kDefaultMaxSuspendedTasks = 16384;

// Of the process, since its start. Exact when nothing runs.
struct TaskStats {
  std::uint64_t suspended;       // now
  std::uint64_t peak;            // the most there have been
  std::uint64_t suspensions;     // all
  std::uint64_t parked_threads;  // waits in a task that parked its thread
};
TaskStats task_stats() noexcept;

}  // namespace tbb
}  // namespace parkway

#endif  // PARKWAY_TBB_TASK_TASK_SCHEDULER_H_
