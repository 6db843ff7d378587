// SPDX-License-Identifier: Apache-2.0

#include "parkway/task/scheduler.h"

#include <atomic>

#include "parkway/base/checks.h"

namespace parkway {
namespace {

// Filled from the front, never emptied.
std::atomic<Scheduler*> g_schedulers[kMaxSchedulers];

}  // namespace

void add_scheduler(Scheduler& scheduler) noexcept {
  for (std::atomic<Scheduler*>& place : g_schedulers) {
    Scheduler* found = nullptr;
    // release: what the scheduler is made of; pairs with the acquire in
    // scheduler_of_caller().
    if (place.compare_exchange_strong(found, &scheduler,
                                      std::memory_order_release,
                                      std::memory_order_relaxed) ||
        found == &scheduler) {
      return;
    }
  }
  internal::fatal("Scheduler", &scheduler, "too many schedulers were added");
}

Scheduler* scheduler_of_caller() noexcept {
  for (const std::atomic<Scheduler*>& place : g_schedulers) {
    Scheduler* const scheduler = place.load(std::memory_order_acquire);
    if (scheduler == nullptr) return nullptr;
    if (scheduler->in_task()) return scheduler;
  }
  return nullptr;
}

}  // namespace parkway
