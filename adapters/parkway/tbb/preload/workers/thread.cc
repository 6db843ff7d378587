// SPDX-License-Identifier: Apache-2.0

#include "parkway/tbb/preload/workers/thread.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>

namespace parkway::preload {
namespace {

// The mask of the process's first thread, as for os::ncpu(). Left out where it
// can't be had (more than CPU_SETSIZE CPUs): then the mask is the caller's.
void set_process_affinity(pthread_attr_t& attributes) noexcept {
  cpu_set_t mask;
  if (sched_getaffinity(getpid(), sizeof mask, &mask) == 0) {
    pthread_attr_setaffinity_np(&attributes, sizeof mask, &mask);
  }
}

}  // namespace

int start_thread(pthread_t& thread, std::size_t stack_bytes,
                 void* (*routine)(void*), void* argument) noexcept {
  pthread_attr_t attributes;
  int error = pthread_attr_init(&attributes);
  if (error != 0) return error;
  if (stack_bytes != 0) {
    const auto least = static_cast<std::size_t>(PTHREAD_STACK_MIN);
    pthread_attr_setstacksize(&attributes, std::max(stack_bytes, least));
  }
  set_process_affinity(attributes);
  constexpr long kTries = 20;
  for (long i = 1; i <= kTries; ++i) {
    error = pthread_create(&thread, &attributes, routine, argument);
    if (error != EAGAIN || i == kTries) break;
    const timespec pause = {0, i * 1000000};
    nanosleep(&pause, nullptr);
  }
  pthread_attr_destroy(&attributes);
  return error;
}

}  // namespace parkway::preload
