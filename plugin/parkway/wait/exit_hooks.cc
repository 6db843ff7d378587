// SPDX-License-Identifier: Apache-2.0

#include "parkway/wait/exit_hooks.h"

#include <atomic>

#include "parkway/base/checks.h"

namespace parkway::internal {
namespace {

using Hook = void (*)(Worker&);

// Filled from the front, never emptied.
std::atomic<Hook> g_hooks[kMaxExitHooks];

}  // namespace

void call_at_worker_exit(Hook hook) noexcept {
  for (std::atomic<Hook>& place : g_hooks) {
    Hook found = place.load(std::memory_order_relaxed);
    // relaxed: a function, which was there before any thread.
    if (found == hook ||
        (found == nullptr && (place.compare_exchange_strong(
                                  found, hook, std::memory_order_relaxed) ||
                              found == hook))) {
      return;
    }
  }
  fatal("exit hooks", nullptr, "too many were added");
}

void run_worker_exit_hooks(Worker& worker) noexcept {
  for (std::atomic<Hook>& place : g_hooks) {
    const Hook hook = place.load(std::memory_order_relaxed);
    if (hook == nullptr) return;
    hook(worker);
  }
}

}  // namespace parkway::internal
