// SPDX-License-Identifier: Apache-2.0

// The second of the two callback sets of parkway/os/os.h: the semaphores of
// systems whose kernels offer them (NetBSD, OpenBSD, Darwin, Windows, Plan 9).
// Elsewhere nothing defines these functions: a semaphore over futexes is
// WorkerSemaphore (parkway/wait/worker_semaphore.h).
#ifndef PARKWAY_OS_SEMAPHORE_H_
#define PARKWAY_OS_SEMAPHORE_H_

#include <atomic>
#include <cstdint>

#include "parkway/os/language.h"

namespace parkway::os {

// A semaphore with one sleeper at a time. All zero is a new one, which the
// system knows nothing of yet. What is in it is the system's own: an object's
// handle, a count, a thread's number.
struct ThreadSemaphore {
  std::atomic<std::uintptr_t> handle{0};
};

// Waits for a wakeup until `deadline` (nanotime(), or kForever). True: one was
// consumed. False: the deadline has passed and none was there. Never returns
// for another reason. A deadline in the past only looks.
//
// An acquire, and semawakeup() is the release that it pairs with.
bool semasleep(ThreadSemaphore* semaphore, std::int64_t deadline) noexcept;

// At most one is outstanding at any time: the next one comes after the sleep
// that has consumed this one. Any thread. The semaphore may be asleep, awake or
// about to be either. Once the sleeper has returned nothing reads or writes
// *semaphore any more: what may follow is a wake by address or by number.
void semawakeup(ThreadSemaphore* semaphore) noexcept;

// Gives the system's object back. Nobody sleeps, and no wakeup is on its way.
// *semaphore is a new one then.
void semaclose(ThreadSemaphore* semaphore) noexcept;

}  // namespace parkway::os

#endif  // PARKWAY_OS_SEMAPHORE_H_
