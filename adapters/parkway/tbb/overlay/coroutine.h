// SPDX-License-Identifier: Apache-2.0

// A coroutine of a oneTBB that is built from source (overlay/co_context.h): a
// stack from parkway's freelists, and what runs on it. Needs no oneTBB.
#ifndef PARKWAY_TBB_OVERLAY_COROUTINE_H_
#define PARKWAY_TBB_OVERLAY_COROUTINE_H_

#include <cstddef>

#include "parkway/task/context/context.h"

namespace parkway {
namespace tbb {

struct Coroutine {
  // Where it goes on, while it is suspended.
  Context context;
  // Null for a thread's own stack.
  void* stack = nullptr;
  std::size_t stack_bytes = 0;
};

// Gives the coroutine a stack of at least `stack_bytes` bytes with a page below
// that faults. The first switch to it calls entry(argument), which does not
// return. Ends the program with a message if there is no memory: oneTBB has
// told others of the suspended task when it makes the coroutine that is to run
// in its place, and can't go back.
void create_coroutine(Coroutine* coroutine, std::size_t stack_bytes,
                      ContextEntry entry, void* argument) noexcept;

// Nobody runs on its stack, nor will again.
void destroy_coroutine(Coroutine* coroutine) noexcept;

}  // namespace tbb
}  // namespace parkway

#endif  // PARKWAY_TBB_OVERLAY_COROUTINE_H_
