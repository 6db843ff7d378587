// SPDX-License-Identifier: Apache-2.0

// Scheduler: what another framework says about its tasks, so that whatever
// waits here can wait without holding one of its threads.
#ifndef PARKWAY_TASK_SCHEDULER_H_
#define PARKWAY_TASK_SCHEDULER_H_

#include <cstddef>
#include <cstdint>

#include "parkway/os/language.h"

namespace parkway {

// One suspension of a task. Made by parkway/task/park.h, for suspend().
class Suspension {
 public:
  // To be called once by suspend(), as soon as resume(task) may be. `task` is
  // the scheduler's own name for the task, not null. Whatever it does it does
  // not throw, and waits for short locks only.
  virtual void suspended(void* task) noexcept = 0;

 protected:
  ~Suspension() = default;
};

// Four functions, and a fifth if it likes, make a task scheduler one whose
// tasks can park. A scheduler lives for ever once it has been added; its
// functions are called by any number of threads at once.
//
// examples/scheduler/tiny_scheduler.h is a whole one in a page, over
// parkway/task/context/context.h. oneTBB's is
// adapters/parkway/tbb/task/task_scheduler.cc.
class Scheduler {
 public:
  // For messages. Static storage.
  virtual const char* name() const noexcept = 0;

  // Whether the caller is a task of this scheduler that suspend() could
  // suspend. Called before each park, so it should cost nanoseconds; it may not
  // suspend.
  virtual bool in_task() noexcept = 0;

  // Suspends the calling task and lets its thread do something else, until
  // resume(task). Calls suspension.suspended(task) once, on any stack, before
  // or after the task has left its own.
  //
  // resume(task) may come at any time from then on: from another thread, while
  // this one still is in suspended() or on its way out of the task, and from
  // within suspended() itself. The scheduler sees to it that the task does not
  // run before suspended() has returned and the task has been left, and that it
  // runs then.
  //
  // Returns true when the task has been resumed, on whichever thread; all that
  // happened before resume() has then happened before. Returns false if it
  // can't suspend it now (a limit, no stack) without having called
  // suspended(): the thread is then parked instead. Throws nothing.
  virtual bool suspend(Suspension& suspension) noexcept = 0;

  // Lets a suspended task go on, soon: before other tasks that wait for
  // a thread, if the scheduler can. Called once for each suspended(task), by
  // any thread, inside or outside of the scheduler; must not wait for the task,
  // nor for anything that a task may hold.
  virtual void resume(void* task) noexcept = 0;

  // By a task, where it might have been suspended and was not, so that one that
  // never waits may be asked to. If tasks that were resumed have been waiting
  // for a thread for long it may suspend the caller, as suspend() would, until
  // one of them has had its turn. Called often: it should cost nanoseconds.
  virtual void give_way() noexcept {}

 protected:
  ~Scheduler() = default;
};

// From now on parks in tasks of `scheduler` suspend them. Idempotent; any
// thread, any time. Fatal beyond kMaxSchedulers.
void add_scheduler(Scheduler& scheduler) noexcept;
inline constexpr std::size_t kMaxSchedulers = 8;

// The scheduler that runs the calling task, or null in a plain thread. Asks
// those that were added, in that order.
Scheduler* scheduler_of_caller() noexcept;

}  // namespace parkway

#endif  // PARKWAY_TASK_SCHEDULER_H_
