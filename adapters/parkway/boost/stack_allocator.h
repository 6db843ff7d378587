// SPDX-License-Identifier: Apache-2.0

// freelist_stack: a StackAllocator for Boost.Context and what builds on it.
#ifndef PARKWAY_BOOST_STACK_ALLOCATOR_H_
#define PARKWAY_BOOST_STACK_ALLOCATOR_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>

#include "parkway/stack/stack_class.h"
#include "parkway/stack/stack_freelist.h"

namespace parkway::boost {

// What Boost asks stack traits for.
struct stack_traits {
  static constexpr bool is_unbounded() noexcept { return false; }
  // Of the stacks' alignment, not of the system.
  static constexpr std::size_t page_size() noexcept { return kMinStackBytes; }
  // As Boost has it on Linux.
  static constexpr std::size_t default_size() noexcept {
    return std::size_t{128} << 10;
  }
  static constexpr std::size_t minimum_size() noexcept {
    return kMinStackBytes;
  }
  static constexpr std::size_t maximum_size() noexcept {
    return kMaxStackBytes;
  }
};

// Stacks from parkway/stack/stack_freelist.h. StackContext is
// ::boost::context::stack_context: as a parameter, because this header includes
// nothing of Boost.
//
//   using freelist_stack =
//       parkway::boost::freelist_stack<boost::context::stack_context>;
//   boost::context::fiber f(std::allocator_arg, freelist_stack(64 << 10), ...);
//
// Holds no memory, only what to ask for: copies are cheap, and any one of the
// same guard takes back what another one gave, on any thread.
template <class StackContext>
class freelist_stack {
 public:
  using traits_type = stack_traits;

  // For stacks of stack_size(bytes) bytes: the next power of two, at least
  // 4 KiB. With kPage a page below faults when the stack overflows, as with
  // Boost's protected_fixedsize_stack, but without two system calls for each;
  // kNone is Boost's fixedsize_stack.
  explicit freelist_stack(std::size_t bytes = traits_type::default_size(),
                          StackGuard guard = StackGuard::kPage) noexcept
      : bytes_(bytes), guard_(guard) {}

  // A stack: `sp` is its upper end, `size` all of it, but for a few lines above
  // `sp` where that leaves what was asked for (see kColours). Throws
  // std::bad_alloc if the system has no memory, or if the bytes are more than
  // maximum_size(). Orders and costs: stack_alloc().
  StackContext allocate() const {
    void* const stack = stack_alloc(bytes_, guard_);
    if (stack == nullptr) throw std::bad_alloc();
    StackContext context;
    context.size = stack_size(bytes_) - unused_above(stack);
    context.sp = static_cast<char*>(stack) + context.size;
    return context;
  }

  // Takes back what allocate() returned.
  void deallocate(StackContext& context) const noexcept {
    stack_free(static_cast<char*>(context.sp) - context.size,
               stack_size(context.size), guard_);
  }

 private:
  // Stacks of one size all end at the same place of a page, and what is used
  // most of a stack is its end. So the ends of all stacks share a few lines of
  // the caches, unless some of them end a few lines earlier (FiberSkynet).
  static constexpr std::size_t kLine = 64;
  static constexpr std::size_t kColours = 32;

  // A sixteenth of the stack at most, and nothing of what was asked for: who
  // asks for a power of two may need it to the last byte.
  std::size_t unused_above(const void* stack) const {
    const std::size_t whole = stack_size(bytes_);
    const std::size_t spare = std::min(whole / 16, whole - bytes_);
    const std::size_t colours = std::min(kColours, spare / kLine);
    // The upper bits of a product with the golden ratio depend on all bits.
    const std::uint32_t mixed =
        static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(stack) >>
                                   12) *
        2654435769u;
    return kLine * (std::uint64_t{mixed} * colours >> 32);
  }

  std::size_t bytes_;
  StackGuard guard_;
};

}  // namespace parkway::boost

#endif  // PARKWAY_BOOST_STACK_ALLOCATOR_H_
