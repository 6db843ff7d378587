// SPDX-License-Identifier: Apache-2.0

// blocking_call() and run_blocking() for tasks of oneTBB: calls that block
// without keeping a worker.
//
//   tbb::parallel_for(0, n, [&](int i) {
//     const parkway::SyscallResult got =
//         parkway::tbb::blocking_call(::read, fds[i], buffer(i), kBytes);
//     if (got.r1 < 0) fail(got.err);  // not errno: this may be another thread
//   });
//
// docs/guide/tasks.md, "Blocking calls", is the guide; the pool's limits and
// counts are parkway::blocking_pool()'s (parkway/task/blocking_pool.h).
#ifndef PARKWAY_TBB_TASK_BLOCKING_CALL_H_
#define PARKWAY_TBB_TASK_BLOCKING_CALL_H_

#include <type_traits>
#include <utility>

#include "parkway/task/run_blocking.h"
#include "parkway/task/syscall.h"
#include "parkway/tbb/task/task_scheduler.h"

namespace parkway {
namespace tbb {

// parkway::run_blocking() (parkway/task/run_blocking.h), in a task of oneTBB
// too: the task is suspended while fn() runs on a thread of the pool. Outside
// of a task, and where oneTBB can't suspend, fn() runs on the calling thread.
template <class F>
std::invoke_result_t<F> run_blocking(F&& fn) {
  use_task_scheduler();
  return ::parkway::run_blocking(std::forward<F>(fn));
}

// parkway::blocking_call() (parkway/task/syscall.h) by run_blocking():
// fn(args...) with its error number, as one value. The arguments are used where
// they are, on the stack of the task.
template <class F, class... Args>
SyscallResult blocking_call(F&& fn, Args&&... args) {
  return run_blocking([&] {
    return ::parkway::blocking_call(std::forward<F>(fn),
                                    std::forward<Args>(args)...);
  });
}

}  // namespace tbb
}  // namespace parkway

#endif  // PARKWAY_TBB_TASK_BLOCKING_CALL_H_
