// SPDX-License-Identifier: Apache-2.0

// The held-lock count of checked builds. Calls of their own: a task of another
// framework may have changed threads between two of them, and a compiler that
// saw the thread-local variable inside might go on with the first one's.
#ifndef PARKWAY_BASE_HELD_LOCKS_H_
#define PARKWAY_BASE_HELD_LOCKS_H_

#include "parkway/base/checks.h"
#include "parkway/os/compiler.h"

namespace parkway::internal {

template <class P>
PARKWAY_NOINLINE void count_lock_checked() {
  // Without memory for a record nothing is counted.
  if (auto* const worker = P::current_worker()) ++worker->held_locks;
}

template <class P>
PARKWAY_NOINLINE void count_unlock_checked(const char* type,
                                           const void* mutex) {
  auto* const worker = P::current_worker();
  if (worker != nullptr && --worker->held_locks < 0) {
    fatal(type, mutex,
          "negative held-lock count: this thread unlocks more than it "
          "locked");
  }
}

template <class P>
void count_lock() {
  if constexpr (kChecks && P::kHeldLocks) count_lock_checked<P>();
}

// Before the release: afterwards the mutex may be gone and can't be named.
template <class P>
void count_unlock(const char* type, const void* mutex) {
  if constexpr (kChecks && P::kHeldLocks) count_unlock_checked<P>(type, mutex);
}

}  // namespace parkway::internal

#endif  // PARKWAY_BASE_HELD_LOCKS_H_
