// SPDX-License-Identifier: Apache-2.0

// PerProcess<T>: an object of static storage of which the child of a fork has
// another one.
#ifndef PARKWAY_BASE_PER_PROCESS_H_
#define PARKWAY_BASE_PER_PROCESS_H_

#include <atomic>
#include <cstdint>
#include <new>

#include "parkway/os/compiler.h"
#include "parkway/os/fork_generation.h"
#include "parkway/os/os.h"

namespace parkway::internal {

// For what belongs to threads that a child does not have: pools and what they
// have queued, timers, locks that such a thread may hold. The parent's object
// is left where it is: not destroyed, and overwritten by the new one.
//
// Constant-initialised, never destroyed. T's constructor must neither throw nor
// use this PerProcess.
template <class T>
class PerProcess {
 public:
  constexpr PerProcess() noexcept = default;
  PerProcess(const PerProcess&) = delete;
  PerProcess& operator=(const PerProcess&) = delete;

  // This process's object; the first call in it makes it. Any thread.
  T& get() noexcept {
    const std::uint32_t made = fork_generation() * kStates + kMade;
    // acquire: pairs with the release in make().
    if (PARKWAY_UNLIKELY(state_.load(std::memory_order_acquire) != made)) {
      make(made);
    }
    return object_.it;
  }

 private:
  // Of the generation that is in the bits above.
  static constexpr std::uint32_t kMade = 1;
  static constexpr std::uint32_t kBeingMade = 2;
  static constexpr std::uint32_t kStates = 4;

  PARKWAY_NOINLINE PARKWAY_COLD void make(std::uint32_t made) noexcept {
    const std::uint32_t being_made = made - kMade + kBeingMade;
    std::uint32_t state = state_.load(std::memory_order_acquire);
    while (state != made) {
      if (state == being_made) {
        os::futexsleep(&state_, being_made, os::kForever);
        state = state_.load(std::memory_order_acquire);
      } else if (state_.compare_exchange_weak(state, being_made,
                                              std::memory_order_acquire)) {
        new (&object_.it) T;
        // release: pairs with the acquires here and in get().
        state_.store(made, std::memory_order_release);
        os::futexwakeup(&state_, UINT32_MAX);
        return;
      }
    }
  }

  union Storage {
    constexpr Storage() noexcept : none{} {}
    ~Storage() {}
    char none;
    T it;
  };

  std::atomic<std::uint32_t> state_{0};
  Storage object_;
};

}  // namespace parkway::internal

#endif  // PARKWAY_BASE_PER_PROCESS_H_
