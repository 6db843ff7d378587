// SPDX-License-Identifier: Apache-2.0

// getcontext(), makecontext() and swapcontext() of the whole process.
//
// An entry is a jump, with all arguments and the stack as they were, because a
// frame of ours would be gone when getcontext() returns for the second time:
// context_entries_<processor>.S. It goes to parkway_own_* if its caller is in
// the code of parkway_context_callers, else to what parkway_context_function()
// says.
#ifndef PARKWAY_TBB_PRELOAD_STACKS_CONTEXT_ENTRIES_H_
#define PARKWAY_TBB_PRELOAD_STACKS_CONTEXT_ENTRIES_H_

#include <ucontext.h>

#include <atomic>
#include <cstdint>

// In the order of the entries.
enum ParkwayContextFunction : unsigned {
  kParkwayGetcontext,
  kParkwayMakecontext,
  kParkwaySwapcontext,
  kParkwayContextFunctions,
};

struct ParkwayContextCallers {
  // Written before `bytes`, and read after it.
  std::atomic<std::uintptr_t> begin;
  std::atomic<std::uintptr_t> bytes;
};

#pragma GCC visibility push(hidden)
extern "C" {

extern ParkwayContextCallers parkway_context_callers;

int parkway_own_getcontext(ucontext_t* context) noexcept;
void parkway_own_makecontext(ucontext_t* made, void (*function)(),
                             int arguments, unsigned first,
                             unsigned second) noexcept;
int parkway_own_swapcontext(ucontext_t* from, ucontext_t* to) noexcept;

// Where the entry with that number goes on, called from `caller`. Sets
// parkway_context_callers as soon as it is known who they are.
void* parkway_context_function(unsigned function, const void* caller) noexcept;
}
#pragma GCC visibility pop

#endif  // PARKWAY_TBB_PRELOAD_STACKS_CONTEXT_ENTRIES_H_
