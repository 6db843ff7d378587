// SPDX-License-Identifier: Apache-2.0

// PARKWAY=watch: the sleeps of oneTBB's worker threads, which no exported
// function has to do with.
#ifndef PARKWAY_TBB_PRELOAD_HOST_WORKER_SLEEPS_H_
#define PARKWAY_TBB_PRELOAD_HOST_WORKER_SLEEPS_H_

#include "parkway/tbb/preload/host/copy.h"

namespace parkway::preload {

// From now on the copy's workers are seen when they sleep without work, and who
// wakes them. libtbb asks the system for that by the libc's syscall(): the
// place where the dynamic linker has written that function's address, in that
// library and no other, gets one of ours. Only of a copy that is alone in its
// library. Null, or why it can't be done.
const char* see_sleeps_of(const Copy& copy) noexcept;

}  // namespace parkway::preload

#endif  // PARKWAY_TBB_PRELOAD_HOST_WORKER_SLEEPS_H_
