// SPDX-License-Identifier: Apache-2.0

// The semaphore of a worker, or of a wait, on a system that has futexes.
#ifndef PARKWAY_WAIT_WORKER_SEMAPHORE_H_
#define PARKWAY_WAIT_WORKER_SEMAPHORE_H_

#include <atomic>
#include <cstdint>

#include "parkway/os/language.h"

namespace parkway {

// A counting semaphore with one sleeper, the thread whose record or wait it is
// in.
//
// count_ > 0   wakeups not yet consumed
// count_ == 0  nothing
// count_ == -1 the owner sleeps or is about to. Set and cleared (on timeout)
//              by the owner; cleared by the wakeup that it waits for, which
//              has then also been consumed.
//
// sleep() returns once per wakeup(), never spuriously. A wakeup is a release,
// the sleep that consumes it an acquire. wakeup() makes a system call only if
// the owner sleeps, and its last access is either the one that sets count_ or
// a wake by address: the semaphore may be gone once its last wakeup has been
// consumed.
template <class P>
class WorkerSemaphore {
 public:
  // Owner only. Waits for a wakeup until `deadline` (os::nanotime()). True if
  // one was consumed; false on timeout.
  bool sleep(std::int64_t deadline) {
    // acquire: pairs with the release in wakeup().
    const std::uint32_t before = count_.fetch_sub(1, std::memory_order_acquire);
    if (before != 0) return true;
    for (;;) {
      const bool in_time = P::futexsleep(count_, kSleeping, deadline);
      if (count_.load(std::memory_order_acquire) != kSleeping) return true;
      if (in_time) continue;
      std::uint32_t expected = kSleeping;
      if (count_.compare_exchange_strong(expected, 0,
                                         std::memory_order_acquire)) {
        return false;
      }
      // The wakeup came after all: it has been consumed.
      return true;
    }
  }

  // Owner only, not asleep. Whether a wakeup is there for the next sleep(),
  // which then returns at once. relaxed: sleep() synchronizes.
  bool has_wakeup() const {
    return count_.load(std::memory_order_relaxed) != 0;
  }

  // Any thread.
  void wakeup() {
    // release: pairs with the acquire in sleep().
    if (count_.fetch_add(1, std::memory_order_release) == kSleeping) {
      P::futexwakeup(count_, 1);
    }
  }

  // Owner only. The system has nothing of it to give back.
  void close() {}

 private:
  static constexpr std::uint32_t kSleeping = UINT32_MAX;

  typename P::template Atomic<std::uint32_t> count_{0};
};

}  // namespace parkway

#endif  // PARKWAY_WAIT_WORKER_SEMAPHORE_H_
