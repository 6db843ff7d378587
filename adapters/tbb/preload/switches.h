// What the switches between stacks and the suspensions know of each other.
#ifndef PARKWAY_ADAPTERS_TBB_PRELOAD_SWITCHES_H_
#define PARKWAY_ADAPTERS_TBB_PRELOAD_SWITCHES_H_

namespace parkway::preload {

// Whether libtbb's swapcontext() is ours, so that leaves_stack() is called.
bool switches_are_ours() noexcept;

// The calling thread is about to go on on another stack.
void leaves_stack() noexcept;

}  // namespace parkway::preload

#endif  // PARKWAY_ADAPTERS_TBB_PRELOAD_SWITCHES_H_
