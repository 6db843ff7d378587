// SPDX-License-Identifier: Apache-2.0

// Suspending a task of oneTBB, and resuming it so that it runs next.
//
// oneTBB's resume() puts a task into a stream that a worker looks at when its
// own queue is empty; the task runs after all that is in there. Only critical
// tasks are looked for after every task. A task that is suspended as a critical
// one is resumed as one, but that can hang: a thread that waits in isolation
// takes no critical task, and two waits that were resumed as critical can
// switch to and fro for ever. So tasks are suspended and resumed as ordinary
// ones, and beside that, a critical task makes one worker look at the stream of
// resumed tasks now.
#ifndef PARKWAY_TBB_TASK_TASK_SUSPENSION_H_
#define PARKWAY_TBB_TASK_TASK_SUSPENSION_H_

#include <cstdint>

#include "parkway/task/scheduler.h"

namespace parkway {
namespace tbb {

// Suspends the calling task of oneTBB, calls suspension.suspended(task) with
// what resume_task() takes, and returns when the task has been resumed. Without
// resumable tasks it must not be called.
//
// Returns false, without having called anything, if there is no memory for it.
bool suspend_task(Suspension& suspension) noexcept;

// Lets such a task go on. Any thread.
void resume_task(void* task) noexcept;

// Whether tasks of the calling task's arena that were resumed have waited for
// a thread for kOverdueNs, and none has gone on meanwhile. True for one of
// those that ask at a time. Never in an arena without workers.
bool others_are_overdue() noexcept;
// Much longer than a worker takes from one task to the next, and than this
// costs; short beside a time slice.
inline constexpr std::int64_t kOverdueNs = 1000000;

// Suspends the calling task and resumes it at once, behind others that were
// resumed. Does nothing if there is no memory for it.
void give_way_to_others() noexcept;

// Whether the calling thread executes a task that suspend_task() can suspend.
bool in_suspendable_task() noexcept;

}  // namespace tbb
}  // namespace parkway

#endif  // PARKWAY_TBB_TASK_TASK_SUSPENSION_H_
