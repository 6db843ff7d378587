// SPDX-License-Identifier: Apache-2.0

// FreeStack: what a stack holds while nobody uses it.
#ifndef PARKWAY_STACK_FREE_STACK_H_
#define PARKWAY_STACK_FREE_STACK_H_

#include <cstdint>

#include "parkway/base/checks.h"
#include "parkway/stack/stack_class.h"
#include "parkway/wait/wait_platform.h"

namespace parkway {

// In its topmost bytes, which its last user has touched. Owned by whoever owns
// the stack.
template <class P>
struct FreeStack {
  typename P::template Plain<FreeStack*> next{nullptr};
  // Of the first stack of a batch: the next batch, and how many stacks this
  // one has.
  typename P::template Plain<FreeStack*> next_batch{nullptr};
  typename P::template Plain<std::uint32_t> count{0};
  // Checked builds: says that the stack is free.
  std::uint64_t mark = 0;
};

namespace internal {

using FreeStack = parkway::FreeStack<Platform>;

// From a stack of the class `index` to what it holds, and back.
inline FreeStack* free_stack(void* stack, unsigned index) {
  return reinterpret_cast<FreeStack*>(static_cast<char*>(stack) +
                                      class_bytes(index)) -
         1;
}
inline void* stack_of(FreeStack* stack, unsigned index) {
  return reinterpret_cast<char*>(stack + 1) - class_bytes(index);
}

// A number that no stack holds by accident at that place.
inline std::uint64_t mark_of(const FreeStack* stack) noexcept {
  return reinterpret_cast<std::uintptr_t>(stack) ^ 0x9ae16a3b2f90404f;
}

// Checked builds: in and out of the freelists. Fatal if a free stack has been
// written to.
inline void mark_free(FreeStack* stack) noexcept {
  stack->mark = mark_of(stack);
}
inline void mark_in_use(FreeStack* stack) noexcept {
  if (stack->mark != mark_of(stack)) {
    fatal("stack that ends", stack + 1, "written to after it was freed");
  }
  stack->mark = 0;
}

}  // namespace internal
}  // namespace parkway

#endif  // PARKWAY_STACK_FREE_STACK_H_
