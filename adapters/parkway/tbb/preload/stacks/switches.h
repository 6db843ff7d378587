// SPDX-License-Identifier: Apache-2.0

// What the switches between stacks and the suspensions know of each other.
#ifndef PARKWAY_TBB_PRELOAD_STACKS_SWITCHES_H_
#define PARKWAY_TBB_PRELOAD_STACKS_SWITCHES_H_

namespace parkway::preload {

// Whether libtbb's swapcontext() is ours, so that leaves_stack() is called.
bool switches_are_ours() noexcept;

// The calling thread is about to go on on another stack.
void leaves_stack() noexcept;

}  // namespace parkway::preload

#endif  // PARKWAY_TBB_PRELOAD_STACKS_SWITCHES_H_
