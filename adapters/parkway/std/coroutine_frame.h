// SPDX-License-Identifier: Apache-2.0

// Coroutine frames from the stack freelists: bases for a promise_type.
#ifndef PARKWAY_STD_COROUTINE_FRAME_H_
#define PARKWAY_STD_COROUTINE_FRAME_H_

#include <cstddef>
#include <new>

#include "parkway/stack/stack_class.h"
#include "parkway/stack/stack_freelist.h"

namespace parkway {

// Frames of fewer bytes come from operator new: of a block of 4 KiB, the
// smallest that the freelists have, they would waste more than half.
inline constexpr std::size_t kLeastFrameBytes = kMinStackBytes / 2 + 1;

namespace internal {

constexpr bool is_freelist_frame(std::size_t bytes, std::size_t least) {
  return bytes >= least && bytes <= kMaxStackBytes;
}

// Null if there is no memory.
inline void* allocate_frame(std::size_t bytes, std::size_t least) noexcept {
  return is_freelist_frame(bytes, least) ? stack_alloc(bytes, StackGuard::kNone)
                                         : ::operator new(bytes, std::nothrow);
}

inline void free_frame(void* frame, std::size_t bytes,
                       std::size_t least) noexcept {
  if (is_freelist_frame(bytes, least)) {
    stack_free(frame, bytes, StackGuard::kNone);
  } else {
    ::operator delete(frame);
  }
}

}  // namespace internal

// Base of a promise_type: frames of kLeast bytes to kMaxStackBytes come from
// parkway/stack/stack_freelist.h (without a guard page, which nothing can run
// into), others from ::operator new. Starting the coroutine throws
// std::bad_alloc if there is no memory. The frame may be destroyed on any
// thread.
//
//   struct Task {
//     struct promise_type : parkway::coroutine_frame { ... };
//   };
//
// Frames are aligned as operator new aligns, or to 4096 bytes. The compiler may
// do without the allocation, as always.
template <std::size_t kLeast = kLeastFrameBytes>
struct basic_coroutine_frame {
  static void* operator new(std::size_t bytes) {
    void* const frame = internal::allocate_frame(bytes, kLeast);
    if (frame == nullptr) throw std::bad_alloc();
    return frame;
  }
  static void operator delete(void* frame, std::size_t bytes) noexcept {
    internal::free_frame(frame, bytes, kLeast);
  }
};
using coroutine_frame = basic_coroutine_frame<>;

// The same for programs without exceptions: if there is no memory, starting the
// coroutine returns `Return()`, a value-initialized object of what the
// coroutine returns, and none of the coroutine runs.
//
//   struct Task {
//     Task() = default;  // no coroutine
//     struct promise_type : parkway::coroutine_frame_or_empty<Task> { ... };
//   };
template <class Return, std::size_t kLeast = kLeastFrameBytes>
struct coroutine_frame_or_empty {
  static void* operator new(std::size_t bytes) noexcept {
    return internal::allocate_frame(bytes, kLeast);
  }
  static void operator delete(void* frame, std::size_t bytes) noexcept {
    internal::free_frame(frame, bytes, kLeast);
  }
  static Return get_return_object_on_allocation_failure() { return Return(); }
};

}  // namespace parkway

#endif  // PARKWAY_STD_COROUTINE_FRAME_H_
