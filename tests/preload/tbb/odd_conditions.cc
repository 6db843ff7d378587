// SPDX-License-Identifier: Apache-2.0

// Makes the libc's condition variables look as if they could not be told apart:
// the first two that are to go by CLOCK_MONOTONIC do not, one for each place
// where the library looks. No more, so that those of the program do as they are
// told.
#include <dlfcn.h>
#include <pthread.h>

#include <atomic>

extern "C" int pthread_condattr_setclock(pthread_condattr_t* attributes,
                                         clockid_t clock) noexcept {
  static std::atomic<int> left_out{0};
  if (clock == CLOCK_MONOTONIC && left_out++ < 2) return 0;
  return reinterpret_cast<int (*)(pthread_condattr_t*, clockid_t)>(
      dlsym(RTLD_NEXT, "pthread_condattr_setclock"))(attributes, clock);
}
