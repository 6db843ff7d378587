// SPDX-License-Identifier: Apache-2.0

// Who is on the calling thread's stack.
#ifndef PARKWAY_TBB_PRELOAD_YIELDS_STACK_WALK_H_
#define PARKWAY_TBB_PRELOAD_YIELDS_STACK_WALK_H_

#include "parkway/preload/code_range.h"

namespace parkway::preload {

// Whether between the frames of this library that called this function and the
// next of its frames there is nothing but libtbb: then the thread is a worker
// of ours and in no task, because tasks are the program's code. Not so on a
// coroutine's stack. Takes some microseconds.
bool only_host_frames(const CodeRange& host) noexcept;

}  // namespace parkway::preload

#endif  // PARKWAY_TBB_PRELOAD_YIELDS_STACK_WALK_H_
