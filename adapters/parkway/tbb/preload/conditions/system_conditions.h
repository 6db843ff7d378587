// SPDX-License-Identifier: Apache-2.0

// The libc's condition variables, as far as this library has to know them.
#ifndef PARKWAY_TBB_PRELOAD_CONDITIONS_SYSTEM_CONDITIONS_H_
#define PARKWAY_TBB_PRELOAD_CONDITIONS_SYSTEM_CONDITIONS_H_

#include <pthread.h>
#include <time.h>

namespace parkway::preload {

// Whether attributes_of() can read this libc's condition variables: it tries on
// some. Called by whoever decides, before any attributes_of().
bool conditions_are_known() noexcept;

// What a condition variable was made with.
struct ConditionAttributes {
  bool shared;      // between processes
  clockid_t clock;  // of pthread_cond_timedwait(): realtime or monotonic
};

// Reads one word that only pthread_cond_init() changes for good.
ConditionAttributes attributes_of(const pthread_cond_t* condition) noexcept;

// The functions as the process would have them without this library.
int system_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex);
int system_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                          const timespec* deadline);
int system_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                          clockid_t clock, const timespec* deadline);
int system_cond_signal(pthread_cond_t* condition) noexcept;
int system_cond_broadcast(pthread_cond_t* condition) noexcept;
int system_cancel(pthread_t thread);

}  // namespace parkway::preload

#endif  // PARKWAY_TBB_PRELOAD_CONDITIONS_SYSTEM_CONDITIONS_H_
