// SPDX-License-Identifier: Apache-2.0

// The real-time priority of a thread that is about to queue.
#ifndef PARKWAY_WAIT_PRIORITY_H_
#define PARKWAY_WAIT_PRIORITY_H_

#include <cstdint>

#include "parkway/wait/worker.h"

namespace parkway::internal {

// The calling thread's, whose record that is; 0 for an ordinary thread. Asks
// the system once in a second at most, and not at all after
// PARKWAY_PRIORITIES=off in the environment: then it is 0.
std::int32_t priority_of(Worker& own) noexcept;

// The calling thread's. Asks the system each time if it has no record: makes
// none.
std::int32_t own_priority() noexcept;

}  // namespace parkway::internal

#endif  // PARKWAY_WAIT_PRIORITY_H_
