// The held-lock count of checked builds.
#ifndef PARKWAY_HELD_LOCKS_H_
#define PARKWAY_HELD_LOCKS_H_

#include "parkway/checks.h"

namespace parkway::internal {

template <class P>
void count_lock() {
  if constexpr (kChecks) ++P::current_worker()->held_locks;
}

// Before the release: afterwards the mutex may be gone and can't be named.
template <class P>
void count_unlock(const char* type, const void* mutex) {
  if constexpr (kChecks) {
    if (--P::current_worker()->held_locks < 0) {
      fatal(type, mutex,
            "negative held-lock count: this thread unlocks more than it "
            "locked");
    }
  }
}

}  // namespace parkway::internal

#endif  // PARKWAY_HELD_LOCKS_H_
