// SPDX-License-Identifier: Apache-2.0

// Stacks from per-worker freelists. Their sizes are those of stack_class.h.
#ifndef PARKWAY_STACK_STACK_FREELIST_H_
#define PARKWAY_STACK_STACK_FREELIST_H_

#include <cstddef>
#include <cstdint>

#include "parkway/base/checks.h"
#include "parkway/base/sanitizers.h"
#include "parkway/os/compiler.h"
#include "parkway/stack/free_stack.h"
#include "parkway/stack/stack_class.h"
#include "parkway/stack/stack_magazines.h"
#include "parkway/wait/wait_platform.h"

namespace parkway {

// stack_alloc() returns the lowest byte of stack_size(bytes) bytes, aligned to
// 4096; a stack that grows down starts at that plus stack_size(bytes). The
// contents are undefined. Null, with errno ENOMEM, if the system has no memory
// or no mappings left, after everything that was free has been given back to
// it; null with EINVAL if `bytes` is more than kMaxStackBytes.
//
// stack_free() takes it back, on any thread, with the same two arguments. Never
// fails, and never waits for more than a few instructions of another thread.
//
// Costs: on a worker whose freelist of that size is neither empty nor full,
// some ten instructions without an atomic read-modify-write. Every 32nd call or
// less goes to a list that all share, behind a lock; when that is empty, to the
// system. The first of a thread's calls makes its worker record; without memory
// for it the thread has no freelists.
//
// What a thread has in its freelist when it exits goes to the others. In the
// child of a fork, what the other threads had in theirs is lost.
//
// Not for signal handlers. Neither clears memory, both leave errno alone on
// success. Checked builds end on a wrong size or guard, a stack that is free
// already and a pointer that is none of ours.
//
// Origin: Go's stackalloc and stackfree of 2011, whose list per worker had no
// bound and no way back.
void* stack_alloc(std::size_t bytes,
                  StackGuard guard = StackGuard::kPage) noexcept;
void stack_free(void* stack, std::size_t bytes,
                StackGuard guard = StackGuard::kPage) noexcept;

// Bytes of stacks, guard pages not counted but in from_system.
struct StackStats {
  std::uint64_t in_use = 0;       // allocated and not freed
  std::uint64_t cached = 0;       // free, in workers' freelists and shared
  std::uint64_t unbacked = 0;     // address space of free stacks whose memory
                                  // the system has
  std::uint64_t from_system = 0;  // mapped: the sum of these and the guards
  std::uint64_t peak = 0;     // the most that workers had at once, in use or in
                              // their freelists
  std::uint64_t spills = 0;   // times a worker passed stacks on, for all to use
  std::uint64_t refills = 0;  // times it got some that way
  std::uint64_t returns = 0;  // stacks whose memory went back to the system
  std::uint64_t failures = 0;  // times the system had none
};

// Of all threads, or of one size, without stopping anyone: exact when no thread
// allocates or frees meanwhile. `in_use` is what is left of the others.
StackStats stack_stats() noexcept;
StackStats stack_stats(std::size_t bytes, StackGuard guard) noexcept;

// What becomes of stacks that no worker needs. Each size has its own share.
struct StackLimits {
  // The memory of as many as fit in these bytes is kept, for any worker that
  // wants one. That of the others goes back to the system at once, their
  // addresses when a whole chunk is free.
  std::size_t shared_bytes = std::size_t{64} << 20;
  // Of each of those that are kept, the topmost bytes that keep their memory;
  // what the user had touched below goes back to the system. A multiple of
  // 4096, at least 4096. SIZE_MAX: all of it.
  std::size_t warm_bytes = 16 * 1024;
  // Besides, as many as fit in these bytes, or in shared_bytes if that is less,
  // wait with all the memory that was touched. Threads that free what others
  // allocate pass most of their stacks on that way, and without a system call.
  std::size_t whole_bytes = std::size_t{32} << 20;
  // The system takes memory back when it is short of it, not at once
  // (MADV_FREE). Until then it counts as the process's.
  bool lazily = false;
};

// For calls from now on. Any thread, at any time.
void set_stack_limits(const StackLimits& limits) noexcept;
StackLimits stack_limits() noexcept;

// Gives back to the system what the calling thread's freelists and the shared
// ones hold. Returns the bytes of stacks that went. What other threads have in
// their freelists stays: a few stacks of each size that they use.
std::size_t stack_trim() noexcept;

// ---- what the inline fast path needs ----

namespace internal {

// Stacks in one list of a worker's, of which it has two.
constexpr std::uint32_t magazine_capacity(unsigned index) {
  return index % kStackSizes <= 4 ? 32 : 8;
}

}  // namespace internal

// A worker's freelists.
class StackFreelist {
 public:
  using Magazines = BasicStackMagazines<Platform>;
  Magazines& of(unsigned index) { return classes_[index]; }
  const Magazines& of(unsigned index) const { return classes_[index]; }

  // The thread exits: all that it has goes to the others.
  void give_back() noexcept;

 private:
  Magazines classes_[internal::kStackClasses];
};

namespace internal {

// The calling thread's, or null if it has none yet. Not inline: g++ would make
// it one for all libraries of the process that have a copy of this code, but
// each has lists of its own. And not thread_local: no other file could know
// that it begins as a constant.
extern PARKWAY_THREAD_LOCAL StackFreelist* t_stacks;

void* stack_alloc_slow(std::size_t bytes, StackGuard guard) noexcept;
void stack_free_slow(void* stack, unsigned index) noexcept;
// Fatal if these can't be the arguments of a stack_free().
void check_stack(void* stack, std::size_t bytes, StackGuard guard) noexcept;

}  // namespace internal

inline void* stack_alloc(std::size_t bytes, StackGuard guard) noexcept {
  StackFreelist* const mine = internal::t_stacks;
  if (mine != nullptr && bytes <= kMaxStackBytes) {
    const unsigned index = internal::stack_class(bytes, guard);
    if (internal::FreeStack* const stack = mine->of(index).take()) {
      if constexpr (kChecks) internal::mark_in_use(stack);
      return internal::stack_of(stack, index);
    }
  }
  return internal::stack_alloc_slow(bytes, guard);
}

inline void stack_free(void* stack, std::size_t bytes,
                       StackGuard guard) noexcept {
  if constexpr (kChecks) internal::check_stack(stack, bytes, guard);
  internal::unpoison_stack(stack, stack_size(bytes));
  StackFreelist* const mine = internal::t_stacks;
  const unsigned index = internal::stack_class(bytes, guard);
  internal::FreeStack* const freed = internal::free_stack(stack, index);
  if constexpr (kChecks) internal::mark_free(freed);
  if (mine == nullptr ||
      !mine->of(index).put(freed, internal::magazine_capacity(index))) {
    internal::stack_free_slow(stack, index);
  }
}

}  // namespace parkway

#endif  // PARKWAY_STACK_STACK_FREELIST_H_
