// SPDX-License-Identifier: Apache-2.0

#include "parkway/wait/process_hooks.h"

#include <atomic>

#include "parkway/base/checks.h"
#include "parkway/os/os.h"

namespace parkway::internal {
namespace {

// Filled from the front, never emptied.
template <class Hook>
class Hooks {
 public:
  // True if it is the very first.
  bool add(Hook hook) {
    for (std::atomic<Hook>& place : places_) {
      Hook found = place.load(std::memory_order_relaxed);
      if (found == hook) return false;
      if (found != nullptr) continue;
      // relaxed: a function, which was there before any thread.
      if (place.compare_exchange_strong(found, hook,
                                        std::memory_order_relaxed)) {
        return &place == places_;
      }
      if (found == hook) return false;
    }
    fatal("process hooks", this, "too many were added");
  }

  template <class... Args>
  void run(Args&... args) {
    for (std::atomic<Hook>& place : places_) {
      const Hook hook = place.load(std::memory_order_relaxed);
      if (hook == nullptr) return;
      hook(args...);
    }
  }

 private:
  std::atomic<Hook> places_[kMaxProcessHooks] = {};
};

Hooks<void (*)()> g_fork;
Hooks<void (*)(Worker&)> g_exit;

}  // namespace

void call_in_forked_child(void (*hook)()) noexcept {
  if (g_fork.add(hook)) os::at_fork_in_child([] { g_fork.run(); });
}

void call_at_worker_exit(void (*hook)(Worker&)) noexcept { g_exit.add(hook); }

void run_worker_exit_hooks(Worker& worker) noexcept { g_exit.run(worker); }

}  // namespace parkway::internal
