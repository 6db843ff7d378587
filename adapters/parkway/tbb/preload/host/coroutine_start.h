// SPDX-License-Identifier: Apache-2.0

// The outermost frame of a coroutine of libtbb's.
#ifndef PARKWAY_TBB_PRELOAD_HOST_COROUTINE_START_H_
#define PARKWAY_TBB_PRELOAD_HOST_COROUTINE_START_H_

namespace parkway::preload {

// What libtbb wants to be called, as it says to makecontext().
struct CoroutineStart {
  void (*function)(unsigned, unsigned);
  unsigned first;
  unsigned second;
};

// Calls it, for a CoroutineStart; does not return. In a stack walk this is the
// frame of this library that a coroutine begins with, unlike a worker's own
// stack.
void coroutine_start(void* start);

}  // namespace parkway::preload

#endif  // PARKWAY_TBB_PRELOAD_HOST_COROUTINE_START_H_
