// SPDX-License-Identifier: Apache-2.0

// src/tbb/co_context.h of an overlaid oneTBB: coroutines with parkway's stacks
// and switches.
//
// Included by that header only (bazel/tbb_overlay.bzl), where coroutines are
// neither threads, as under sanitizers, nor another system's.

#ifndef PARKWAY_TBB_OVERLAY_CO_CONTEXT_H_
#define PARKWAY_TBB_OVERLAY_CO_CONTEXT_H_

#include <cstddef>
#include <cstdint>

#include "parkway/task/context/context.h"
#include "parkway/tbb/overlay/coroutine.h"

namespace tbb {
namespace detail {
namespace r1 {

using coroutine_type = ::parkway::tbb::Coroutine;

// oneTBB's loop of a coroutine. Where it has makecontext(), `hi` and `lo` are
// the halves of the argument.
#if defined(_WIN32)
/* [[noreturn]] */ void __stdcall co_local_wait_for_all(void* arg) noexcept;
#else
/* [[noreturn]] */ void co_local_wait_for_all(unsigned hi,
                                              unsigned lo) noexcept;
#endif

// A thread's own stack, or a coroutine.
class co_context {
 public:
  // With a size of 0 the calling thread's own stack, on which it is; else a
  // new coroutine, suspended, that will call co_local_wait_for_all(arg).
  co_context(std::size_t stack_size, void* arg)
      : my_state(stack_size != 0 ? co_suspended : co_executing) {
    if (stack_size != 0) {
      ::parkway::tbb::create_coroutine(&my_coroutine, stack_size, &run, arg);
    }
  }
  co_context(const co_context&) = delete;
  co_context& operator=(const co_context&) = delete;

  ~co_context() {
    // A thread's own is suspended, too, if the thread ended on another stack.
    if (my_state == co_suspended && my_coroutine.stack != nullptr) {
      ::parkway::tbb::destroy_coroutine(&my_coroutine);
    }
  }

  // From this one, which runs, to `target`. Afterwards `target` may be no more.
  void resume(co_context& target) {
    my_state = co_suspended;
    target.my_state = co_executing;
    ::parkway::switch_context(&my_coroutine.context,
                              target.my_coroutine.context);
  }

 private:
  enum co_state { co_suspended, co_executing };

  static void run(void* arg) {
#if defined(_WIN32)
    co_local_wait_for_all(arg);
#else
    const std::uint64_t bits = reinterpret_cast<std::uintptr_t>(arg);
    co_local_wait_for_all(static_cast<unsigned>(bits >> 32),
                          static_cast<unsigned>(bits));
#endif
  }

  coroutine_type my_coroutine;
  co_state my_state;
};

}  // namespace r1
}  // namespace detail
}  // namespace tbb

#endif  // PARKWAY_TBB_OVERLAY_CO_CONTEXT_H_
