// SPDX-License-Identifier: Apache-2.0

// Signals, and waits, past a preloaded library.
#include <dlfcn.h>
#include <pthread.h>

#include "tests/preload/tbb/in_wait.h"

namespace {

using parkway_test::By;
using parkway_test::Meeting;

template <class Function>
Function* function(const char* name, Function* linked, By by) {
  if (by == By::kLinking) return linked;
  void* const where = by == By::kNext
                          ? RTLD_NEXT
                          : dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
  return reinterpret_cast<Function*>(dlsym(where, name));
}

}  // namespace

extern "C" int parkway_test_signal(pthread_cond_t* changed, By by) {
  return function("pthread_cond_signal", &pthread_cond_signal, by)(changed);
}

extern "C" int parkway_test_broadcast(pthread_cond_t* changed, By by) {
  return function("pthread_cond_broadcast", &pthread_cond_broadcast,
                  by)(changed);
}

extern "C" void parkway_test_wait(Meeting* meeting, By by) {
  auto* const wait = function("pthread_cond_wait", &pthread_cond_wait, by);
  pthread_mutex_lock(&meeting->mutex);
  meeting->waiting = true;
  while (!meeting->told) wait(&meeting->changed, &meeting->mutex);
  meeting->waiting = false;
  pthread_mutex_unlock(&meeting->mutex);
}
