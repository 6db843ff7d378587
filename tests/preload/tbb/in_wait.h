// SPDX-License-Identifier: Apache-2.0

// What in_wait.cc and its library have in common.
#ifndef PARKWAY_TESTS_PRELOAD_TBB_IN_WAIT_H_
#define PARKWAY_TESTS_PRELOAD_TBB_IN_WAIT_H_

#include <pthread.h>

namespace parkway_test {

struct Meeting {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
  // Guarded by the mutex.
  bool waiting = false;
  bool told = false;
};

// How the library comes to pthread_cond_*.
enum class By : int {
  kLinking,  // where the program sees to it that this is the libc's
  kHandle,   // dlsym() of the libc's handle
  kNext,     // dlsym(RTLD_NEXT)
};

using SignalFunction = int(pthread_cond_t*, By);
using WaitFunction = void(Meeting*, By);

}  // namespace parkway_test

#endif  // PARKWAY_TESTS_PRELOAD_TBB_IN_WAIT_H_
