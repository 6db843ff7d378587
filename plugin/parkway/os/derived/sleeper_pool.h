// SPDX-License-Identifier: Apache-2.0

// The sleepers of parkway/os/derived/futex_by_semaphore.h, which are used again
// and never given back.
#ifndef PARKWAY_OS_DERIVED_SLEEPER_POOL_H_
#define PARKWAY_OS_DERIVED_SLEEPER_POOL_H_

#include "parkway/os/semaphore.h"

namespace parkway::os::derived {

// One sleep of one thread. Later it is another's, but it is always a sleeper:
// a wakeup that is late finds a semaphore.
struct Sleeper {
  ThreadSemaphore semaphore;
  // In a queue, in a waker's list, or in the list of those that nobody uses.
  Sleeper* next = nullptr;
  // The rest is guarded by the queue's lock.
  const void* address = nullptr;
  bool queued = false;
};

// Null if there is no memory for one.
Sleeper* take_sleeper() noexcept;
// Its semaphore has no wakeup left.
void put_back(Sleeper* sleeper) noexcept;

}  // namespace parkway::os::derived

#endif  // PARKWAY_OS_DERIVED_SLEEPER_POOL_H_
