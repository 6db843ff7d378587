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
  void add(Hook hook) {
    for (std::atomic<Hook>& place : places_) {
      Hook found = place.load(std::memory_order_relaxed);
      // relaxed: a function, which was there before any thread.
      if (found == hook ||
          (found == nullptr && (place.compare_exchange_strong(
                                    found, hook, std::memory_order_relaxed) ||
                                found == hook))) {
        return;
      }
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

// How often the system was told of run_in_child(): more than once if several
// threads were the first.
std::atomic<unsigned> g_registered{0};
unsigned g_calls = 0;

// Once in each child, by the handler that comes first.
void run_in_child() {
  // relaxed: the child has one thread.
  const unsigned registered = g_registered.load(std::memory_order_relaxed);
  if (registered < 2 || g_calls++ % registered == 0) g_fork.run();
}

}  // namespace

void call_in_forked_child(void (*hook)()) noexcept {
  // The system's handler first: who finds a hook that was added before relies
  // on it. Tried again at the next hook if there was no memory for it.
  // acquire: pairs with the release below, of whoever was first.
  if (g_registered.load(std::memory_order_acquire) == 0 &&
      os::at_fork_in_child(&run_in_child)) {
    g_registered.fetch_add(1, std::memory_order_release);
  }
  g_fork.add(hook);
}

void call_at_worker_exit(void (*hook)(Worker&)) noexcept { g_exit.add(hook); }

void run_worker_exit_hooks(Worker& worker) noexcept { g_exit.run(worker); }

}  // namespace parkway::internal
