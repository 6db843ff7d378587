// Makes the libc's condition variables look as if they could not be told apart:
// the first that is to go by CLOCK_MONOTONIC does not. The first only, so that
// those of the program do as they are told.
#include <dlfcn.h>
#include <pthread.h>

#include <atomic>

extern "C" int pthread_condattr_setclock(pthread_condattr_t* attributes,
                                         clockid_t clock) noexcept {
  static std::atomic<bool> left_out{false};
  if (clock == CLOCK_MONOTONIC && !left_out.exchange(true)) return 0;
  return reinterpret_cast<int (*)(pthread_condattr_t*, clockid_t)>(
      dlsym(RTLD_NEXT, "pthread_condattr_setclock"))(attributes, clock);
}
