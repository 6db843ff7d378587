// SPDX-License-Identifier: Apache-2.0

// Starting a worker thread.
#ifndef PARKWAY_TBB_PRELOAD_WORKERS_THREAD_H_
#define PARKWAY_TBB_PRELOAD_WORKERS_THREAD_H_

#include <pthread.h>

#include <cstddef>

namespace parkway::preload {

// A joinable thread that may run wherever the process may, whatever the calling
// thread is pinned to, with at least `stack_bytes` of stack (0: the system's
// default). Tries for up to 0.2 s while the system has no room for one, as
// oneTBB 2022 does. 0, or an errno value.
int start_thread(pthread_t& thread, std::size_t stack_bytes,
                 void* (*routine)(void*), void* argument) noexcept;

}  // namespace parkway::preload

#endif  // PARKWAY_TBB_PRELOAD_WORKERS_THREAD_H_
