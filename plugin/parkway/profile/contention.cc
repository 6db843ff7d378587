// SPDX-License-Identifier: Apache-2.0

#include "parkway/profile/contention.h"

#include "parkway/base/cpu.h"
#include "parkway/os/os.h"
#include "parkway/os/stack_trace.h"
#include "parkway/profile/sites.h"
#include "parkway/profile/threads.h"
#include "parkway/profile/watches.h"

namespace parkway::internal {

std::atomic<std::uint32_t> profile_one_in{0};
std::atomic<bool> profile_of_stock{false};
PARKWAY_THREAD_LOCAL ProfiledThread t_profiled = {};

namespace {

std::atomic<std::uint32_t> g_threads{0};

// Evenly from 1 to 2 * one_in - 1: waits that come in a pattern are not missed
// by it.
std::uint32_t drawn(std::uint32_t one_in) {
  const std::uint64_t random =
      static_cast<std::uint32_t>(cpu_ticks()) * 2654435769u;
  return 1 + static_cast<std::uint32_t>(random * (2 * one_in - 1) >> 32);
}

// Not inline: a task may be on another thread after its wait.
PARKWAY_NOINLINE ProfiledThread& this_thread() { return t_profiled; }

bool take_stack(Stack* stack) {
  ProfiledThread& thread = this_thread();
  if (thread.busy) return false;
  thread.busy = true;
  // Without this function and its caller, which says nothing.
  stack->depth = os::stack_trace(stack->frames, Stack::kMost, 2);
  thread.busy = false;
  return true;
}

}  // namespace

std::uint32_t profiled_threads() noexcept {
  return g_threads.load(std::memory_order_relaxed);
}

PARKWAY_NOINLINE void noted_wait_begins(NotedWait& wait) noexcept {
  const std::uint32_t one_in = profile_one_in.load(std::memory_order_relaxed);
  ProfiledThread& thread = this_thread();
  if (one_in == 0 || thread.busy) return;
  if (thread.number == 0) {
    thread.number = 1 + g_threads.fetch_add(1, std::memory_order_relaxed);
    thread.left = drawn(one_in);
  }
  if (--thread.left != 0) return;
  thread.left = drawn(one_in);
  wait.weight = one_in;
  wait.watch = watch(wait.lock);
  wait.start = os::nanotime();
}

PARKWAY_NOINLINE void noted_wait_ends(const NotedWait& wait,
                                      bool slept) noexcept {
  const std::int64_t took = os::nanotime() - wait.start;
  Stack waiter;
  Stack releaser;
  end_watch(wait.watch, wait.start, &releaser);
  if (!take_stack(&waiter)) return;
  note({wait.kind, wait.lock, wait.start, took, wait.weight,
        this_thread().number, slept},
       waiter, releaser);
}

void noted_wait_is_none(const NotedWait& wait) noexcept {
  Stack releaser;
  end_watch(wait.watch, wait.start, &releaser);
}

PARKWAY_NOINLINE void lock_is_released(const void* lock) noexcept {
  if (!is_watched(lock)) return;
  Stack stack;
  if (take_stack(&stack)) note_releaser(lock, stack);
}

}  // namespace parkway::internal
