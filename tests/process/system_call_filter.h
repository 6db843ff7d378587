// SPDX-License-Identifier: Apache-2.0

// Filters of system calls (seccomp), as sandboxes install them. A filter stays
// until the process ends: use them in children.
#ifndef PARKWAY_TESTS_PROCESS_SYSTEM_CALL_FILTER_H_
#define PARKWAY_TESTS_PROCESS_SYSTEM_CALL_FILTER_H_

#include <vector>

namespace parkway::test {

// What a refused call gets: an error number, or the end of the process.
inline constexpr int kEndsTheProcess = -1;

// membarrier(2) is refused, to all threads that there are and will be. False if
// this system has no filters for us.
bool RefuseMembarrier(int error);

// These calls, or all if there are none named, stop for the tracer of the
// calling process, and those above kFirstMark in any case: no system has them.
bool StopForTracer(const std::vector<long>& calls);
inline constexpr long kFirstMark = 100000;

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_PROCESS_SYSTEM_CALL_FILTER_H_
