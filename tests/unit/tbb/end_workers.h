// SPDX-License-Identifier: Apache-2.0

// For tests: oneTBB without its threads.
#ifndef PARKWAY_TESTS_UNIT_TBB_END_WORKERS_H_
#define PARKWAY_TESTS_UNIT_TBB_END_WORKERS_H_

#include <new>

#include "oneapi/tbb/global_control.h"

namespace parkway {
namespace tbb {

// Ends the workers once every arena is gone. Hangs if something of a wait is
// left in one, or a task_arena is still there. To be called while workers are
// allowed: they take care of what is left.
//
// Also before a fork whose child uses oneTBB: in the copy, a lock of oneTBB's
// that a worker held at that moment stays locked for ever.
//
// On Windows only oneTBB's DLL hears of the ends of threads (its DllMain). As
// these tests link it, an arena stays with a thread that has ended, and there
// is one attempt.
inline void EndWorkers() {
  bool ended = false;
  // False while another thread is about to let go of an arena.
  while (!ended) {
    ::tbb::task_scheduler_handle handle{::tbb::attach{}};
    ended = ::tbb::finalize(handle, std::nothrow);
#if defined(_WIN32)
    break;
#endif
  }
}

}  // namespace tbb
}  // namespace parkway

#endif  // PARKWAY_TESTS_UNIT_TBB_END_WORKERS_H_
