// SPDX-License-Identifier: Apache-2.0

// Flows of control, each with a stack of its own, and the switch between them
// without a system call. x86-64 and arm64 only: //plugin/parkway/task/context.
#ifndef PARKWAY_TASK_CONTEXT_CONTEXT_H_
#define PARKWAY_TASK_CONTEXT_CONTEXT_H_

#include <cstddef>

#include "parkway/os/language.h"

namespace parkway {

// A flow that does not run: the stack pointer behind which switch_context() has
// saved the rest. May be copied; only the newest copy is good for anything.
struct Context {
  void* stack_pointer = nullptr;
};

// What runs first on a new stack. Must not return: a trap instruction ends the
// program. An exception that leaves it ends the program as one that leaves
// a thread's function does.
using ContextEntry = void (*)(void* argument);

namespace internal {
extern "C" {
// <processor>.inc; <processor>_windows.S, which alone looks at `bottom`, the
// stack's lowest byte.
void* parkway_make_context(void* top, ContextEntry entry, void* argument,
                           void* bottom) noexcept;
void parkway_switch_context(void** from, void* to) noexcept;
bool parkway_shadow_stack_is_on() noexcept;
}
}  // namespace internal

// A flow whose first switch_context() calls entry(argument) on the stack of
// `bytes` bytes at `stack`, which stays the caller's: it must be there until
// nobody switches to the flow any more, and nothing says when that is. The flow
// begins with the floating-point control words of the calling thread. Uses some
// 300 bytes at the upper end; needs no alignment; can't fail.
inline Context make_context(void* stack, std::size_t bytes, ContextEntry entry,
                            void* argument) noexcept {
  return {internal::parkway_make_context(static_cast<char*>(stack) + bytes,
                                         entry, argument, stack)};
}

// Suspends the calling flow, leaves in *from where it goes on, and continues
// `to`, which was suspended or is new, on the calling thread. Returns when
// somebody, on whatever thread, switches to *from.
//
// What goes with the flow, as the calling conventions have it for any function
// call: on x86-64 rbx, rbp, r12 to r15, the stack pointer, MXCSR and the x87
// control word; on arm64 x19 to x30, the stack pointer, d8 to d15 and FPCR. On
// Windows for x86-64 rdi, rsi and xmm6 to xmm15 besides, and on all of Windows
// what the thread's environment block says of the stack: so exceptions, C++'s
// and the system's, are thrown and caught on a flow's stack as on any other,
// and functions with large frames work. There all of a flow's stack has to be
// committed, as that of stack_alloc() is; and a thread has to end, and to
// switch the system's own fibers (SwitchToFiber()), on the stack that it began
// on.
//
// What stays with the thread: the signal mask (swapcontext() switches it, by a
// system call), the alternate signal stack, errno, thread-local variables, and
// so the C++ runtime's list of caught exceptions: don't switch inside a catch
// block to a flow that will catch something, unless both return in the reverse
// order. A compiler may keep the address of a thread-local variable across the
// call; a function that looks at one afterwards, possibly on another thread,
// has to be a call of its own.
//
// Orders memory only within the thread. Whoever continues a flow on another
// thread hands *from over with release and acquire, after this call has left
// the flow's stack: that is, from the flow that was switched to.
//
// Not with a shadow stack: see shadow_stack_is_on(). Sanitizers need to be
// told about every switch, and nobody does.
//
// Origin: the gosave and gogo of Go's runtime, and what Boost.Context's
// fcontext and the Folly and Seastar fibers save for C++.
inline void switch_context(Context* from, const Context& to) noexcept {
  internal::parkway_switch_context(&from->stack_pointer, to.stack_pointer);
}

// Whether the calling thread has a shadow stack (Intel and AMD CET, arm64's
// GCS), which is to say that its first return after a switch_context() would
// end the program. glibc's swapcontext() switches it as well.
inline bool shadow_stack_is_on() noexcept {
  return internal::parkway_shadow_stack_is_on();
}

}  // namespace parkway

#endif  // PARKWAY_TASK_CONTEXT_CONTEXT_H_
