// SPDX-License-Identifier: Apache-2.0

// The libc's condition variables: the functions as the process would have them
// without this library.
#ifndef PARKWAY_TBB_PRELOAD_CONDITIONS_SYSTEM_CONDITIONS_H_
#define PARKWAY_TBB_PRELOAD_CONDITIONS_SYSTEM_CONDITIONS_H_

#include <pthread.h>

namespace parkway::preload {

int system_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex);
int system_cond_signal(pthread_cond_t* condition) noexcept;
int system_cond_broadcast(pthread_cond_t* condition) noexcept;

}  // namespace parkway::preload

#endif  // PARKWAY_TBB_PRELOAD_CONDITIONS_SYSTEM_CONDITIONS_H_
