// SPDX-License-Identifier: Apache-2.0

// futexsleep() and futexwakeup() of parkway/os/os.h for a system that has
// semaphores only (parkway/os/semaphore.h), or may turn out to.
//
// A table of queues, by a hash of the address, with a lock each. Who sleeps
// looks at the word under the lock, enters the queue, and waits for a semaphore
// of its own. Who wakes takes sleepers out of the queue under the lock, the
// oldest first, and then signals their semaphores. So
//   - no wake is lost: whoever changes the word before it wakes either finds
//     the sleeper in the queue, or has had the lock before it, and then the
//     sleeper sees the change;
//   - a wake reads nothing at the address;
//   - `count` sleepers are woken at most, and no return is spurious.
//
// Semaphores are taken from a list for each sleep and put back after it, and
// are never closed: as many are there as threads were asleep at a time.
//
// In the child of a fork the queues are empty and the locks free, whatever the
// parent's other threads were doing. The semaphores are new ones: those of the
// parent are the parent's. A thread that forks in a signal handler in the midst
// of such a sleep sleeps on in the child, where nobody can wake it.
//
// Origin: the 2011 Go change has locks of both callback sets and nothing in
// between. The table is that of a parking lot (WebKit's, parking_lot's), made
// as small as the kernel's own futex table.
#ifndef PARKWAY_OS_DERIVED_FUTEX_BY_SEMAPHORE_H_
#define PARKWAY_OS_DERIVED_FUTEX_BY_SEMAPHORE_H_

#include <atomic>
#include <cstdint>

#include "parkway/os/language.h"

namespace parkway::os::derived {

bool futexsleep(std::atomic<std::uint32_t>* word, std::uint32_t expected,
                std::int64_t deadline) noexcept;
void futexwakeup(std::atomic<std::uint32_t>* word,
                 std::uint32_t count) noexcept;

}  // namespace parkway::os::derived

#endif  // PARKWAY_OS_DERIVED_FUTEX_BY_SEMAPHORE_H_
