// SPDX-License-Identifier: Apache-2.0

// parkway/tbb/switched.h with the host's own locks.
#ifndef PARKWAY_TBB_SWITCHED_STOCK_H_
#define PARKWAY_TBB_SWITCHED_STOCK_H_

#include <oneapi/tbb/mutex.h>
#include <oneapi/tbb/queuing_mutex.h>
#include <oneapi/tbb/queuing_rw_mutex.h>
#include <oneapi/tbb/rw_mutex.h>
#include <oneapi/tbb/spin_mutex.h>
#include <oneapi/tbb/spin_rw_mutex.h>

#include <utility>

#include "parkway/task/file_calls.h"
#include "parkway/task/syscall.h"

namespace parkway {
namespace switched {
namespace tbb {

using mutex = ::tbb::mutex;
using queuing_mutex = ::tbb::queuing_mutex;
using queuing_rw_mutex = ::tbb::queuing_rw_mutex;
using rw_mutex = ::tbb::rw_mutex;
using spin_mutex = ::tbb::spin_mutex;
using spin_rw_mutex = ::tbb::spin_rw_mutex;

// oneTBB has no mutex that a task waits for without its worker, and no blocking
// calls: these keep the worker.
using task_mutex = ::tbb::mutex;

template <class F, class... Args>
SyscallResult blocking_call(F&& fn, Args&&... args) {
  return ::parkway::blocking_call(std::forward<F>(fn),
                                  std::forward<Args>(args)...);
}

// Plain calls, since no scheduler of tasks is known.
using ::parkway::open_file;
using ::parkway::read_file;
using ::parkway::read_whole_file;

// Which position of the switch this program was built with; "overlay" where
// oneTBB's own types are parkway's, see bazel/tbb_overlay.bzl.
#ifdef PARKWAY_IS_TBB
inline constexpr char kLocks[] = "overlay";
#else
inline constexpr char kLocks[] = "stock";
#endif

}  // namespace tbb
}  // namespace switched
}  // namespace parkway

#endif  // PARKWAY_TBB_SWITCHED_STOCK_H_
