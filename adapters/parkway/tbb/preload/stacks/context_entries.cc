// SPDX-License-Identifier: Apache-2.0

// The three functions for libtbb, which uses them for coroutines and nothing
// else: what they keep in a ucontext_t is only for one another, and none of it
// ever meets libc's functions, nor the other way round. All calls of libtbb are
// ours or none is.
#include "parkway/tbb/preload/stacks/context_entries.h"

#include <cstdint>
#include <cstdlib>
#include <new>

#include "parkway/preload/message.h"
#include "parkway/preload/next_definition.h"
#include "parkway/task/context/context.h"
#include "parkway/tbb/preload/host/copies.h"
#include "parkway/tbb/preload/host/coroutine_start.h"
#include "parkway/tbb/preload/host/counters.h"
#include "parkway/tbb/preload/stacks/switches.h"

namespace parkway::preload {
namespace {

// In the place of the registers. What else is in a ucontext_t is libtbb's.
Context* context_in(ucontext_t* storage) noexcept {
  static_assert(sizeof storage->uc_mcontext >= sizeof(Context));
  return reinterpret_cast<Context*>(&storage->uc_mcontext);
}

void* const kOwn[kParkwayContextFunctions] = {
    reinterpret_cast<void*>(&parkway_own_getcontext),
    reinterpret_cast<void*>(&parkway_own_makecontext),
    reinterpret_cast<void*>(&parkway_own_swapcontext),
};
NextFunction<void()> g_next[kParkwayContextFunctions] = {
    NextFunction<void()>("getcontext"),
    NextFunction<void()>("makecontext"),
    NextFunction<void()>("swapcontext"),
};

// Not every libc has them.
[[gnu::constructor]] void find_all() {
  for (NextFunction<void()>& next : g_next) next.find();
}

}  // namespace

// Once for all threads. glibc gives shadow stacks to all of them or to none.
bool switches_are_ours() noexcept {
  static const bool ours = !shadow_stack_is_on();
  return ours;
}

}  // namespace parkway::preload

using namespace parkway::preload;

ParkwayContextCallers parkway_context_callers = {};

// swapcontext() will fill it in, and makecontext() needs nothing from it.
int parkway_own_getcontext(ucontext_t*) noexcept { return 0; }

// libtbb's function has two arguments, the halves of a pointer.
void parkway_own_makecontext(ucontext_t* made, void (*function)(),
                             int arguments, unsigned first,
                             unsigned second) noexcept {
  if (arguments != 2) {
    say("libparkway_tbb.so: libtbb called makecontext() with %d arguments",
        arguments);
    std::abort();
  }
  const auto end = reinterpret_cast<std::uintptr_t>(made->uc_stack.ss_sp) +
                   made->uc_stack.ss_size;
  void* const place = reinterpret_cast<void*>((end - sizeof(CoroutineStart)) &
                                              ~std::uintptr_t{15});
  auto* const what = new (place) CoroutineStart{
      reinterpret_cast<void (*)(unsigned, unsigned)>(function), first, second};
  void* const stack = made->uc_stack.ss_sp;
  const std::size_t rest = reinterpret_cast<std::uintptr_t>(place) -
                           reinterpret_cast<std::uintptr_t>(stack);
  *context_in(made) =
      parkway::make_context(stack, rest, &coroutine_start, what);
}

int parkway_own_swapcontext(ucontext_t* from, ucontext_t* to) noexcept {
  count(kContextSwitches);
  leaves_stack();
  parkway::switch_context(context_in(from), *context_in(to));
  return 0;
}

void* parkway_context_function(unsigned function, const void* caller) noexcept {
  const Copy* const copy = copy_at(caller);
  if (copy == nullptr || !copy->uses(kStacks) || !switches_are_ours()) {
    return reinterpret_cast<void*>(g_next[function].get());
  }
  // The first copy's calls need not come here again. Those of others do.
  ParkwayContextCallers& callers = parkway_context_callers;
  std::uintptr_t begin = 0;
  if (callers.begin.compare_exchange_strong(begin, copy->code.begin) ||
      begin == copy->code.begin) {
    // release: pairs with the entries' loads, of this one first.
    callers.bytes.store(copy->code.end - copy->code.begin,
                        std::memory_order_release);
  }
  return kOwn[function];
}
