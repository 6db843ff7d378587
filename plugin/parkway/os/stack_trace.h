// SPDX-License-Identifier: Apache-2.0

// Who has called whom.
#ifndef PARKWAY_OS_STACK_TRACE_H_
#define PARKWAY_OS_STACK_TRACE_H_

namespace parkway::os {

// The calling thread's return addresses, innermost first, without those of
// this function and of `skip` of its callers. Returns how many, `most` at most;
// 0 where there is no way to tell. Takes some microseconds, and may take the
// loader's lock. The first call in a process may allocate.
int stack_trace(void** addresses, int most, int skip) noexcept;

}  // namespace parkway::os

#endif  // PARKWAY_OS_STACK_TRACE_H_
