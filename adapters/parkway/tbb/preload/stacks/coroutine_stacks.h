// SPDX-License-Identifier: Apache-2.0

// The memory that libtbb maps for a coroutine, from parkway's freelists.
#ifndef PARKWAY_TBB_PRELOAD_STACKS_COROUTINE_STACKS_H_
#define PARKWAY_TBB_PRELOAD_STACKS_COROUTINE_STACKS_H_

#include <cstddef>

namespace parkway::preload {

// libtbb maps `bytes` for a page that faults, the stack, and another page that
// faults. Here it gets an address whose middle lies at the upper end of a stack
// of stack_alloc(): where that is larger than the middle, libtbb's stack has
// so much more room before the page below that faults. Above it there is the
// guard page of the next stack of the same size, or the end of a group of them;
// oneTBB's own upper page always faults.
//
// Null if the middle would be empty, more than kMaxStackBytes or no whole
// pages, or if there is no memory.
void* serve_stack(std::size_t bytes) noexcept;

// Whether the address is in memory that stacks are served from. Takes no lock;
// for any address, at any time.
bool in_served_memory(const void* address) noexcept;

// False, and nothing has happened, if this is not what serve_stack(bytes)
// returned.
bool take_back_stack(void* address, std::size_t bytes) noexcept;

// libtbb does not look whether it got its stack and would go on without one.
[[noreturn]] void no_stack(std::size_t bytes, int error) noexcept;

}  // namespace parkway::preload

#endif  // PARKWAY_TBB_PRELOAD_STACKS_COROUTINE_STACKS_H_
