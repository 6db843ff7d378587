// SPDX-License-Identifier: Apache-2.0

// Barriers that several threads want at a time, made by one of them.
//
// A barrier of the process (parkway/os/os.h) interrupts every CPU that runs one
// of its threads, and the kernel makes one at a time. When hundreds of threads
// go to sleep at once for the first time, each of hundreds of barriers
// interrupts hundreds of CPUs, one after the other. But a barrier that begins
// when a thread has come here does for that thread whoever makes it.
#ifndef PARKWAY_WAIT_SHARED_BARRIER_H_
#define PARKWAY_WAIT_SHARED_BARRIER_H_

#include <atomic>
#include <cstdint>

#include "parkway/os/os.h"

namespace parkway {

// All zero: none was made. One for a process; the child of a fork has another
// one (parkway/base/per_process.h), since a thread that it does not have may be
// making a barrier.
template <class P>
class BasicSharedBarrier {
 public:
  // After it has returned true a barrier has begun after the call had, and has
  // ended. False: the system has none. Waits for another thread's for so long
  // at most, and then makes its own: that thread may have lost its CPU.
  bool pass(std::int64_t patience_ns) {
    // What the caller has written comes before every barrier that begins after
    // the look that follows.
    P::fence();
    const std::uint32_t seen = word_.load(std::memory_order_relaxed);
    // One that runs may have begun before.
    const std::uint32_t enough = seen + kEnded + seen % kEnded;
    std::int64_t deadline = 0;
    for (;;) {
      // acquire: pairs with the release in make().
      std::uint32_t word = word_.load(std::memory_order_acquire);
      if (static_cast<std::int32_t>(word - enough) >= 0) {
        // And what that barrier has made visible comes before what the caller
        // reads.
        P::fence();
        return true;
      }
      if (word % kEnded == 0) {
        // relaxed: the barrier itself orders what is before and after it.
        if (word_.compare_exchange_weak(word, word + kRuns,
                                        std::memory_order_relaxed,
                                        std::memory_order_relaxed)) {
          return make(word);
        }
        continue;
      }
      const std::int64_t now = P::now();
      if (deadline == 0) deadline = now + patience_ns;
      if (now >= deadline) return P::process_barrier();
      P::futexsleep(word_, word, deadline);
    }
  }

 private:
  // kRuns       somebody makes a barrier. Set and cleared by it.
  // kEnded * n  n barriers have ended, modulo 2^31.
  static constexpr std::uint32_t kRuns = 1;
  static constexpr std::uint32_t kEnded = 2;

  bool make(std::uint32_t before) {
    const bool made = P::process_barrier();
    // release: who sees it has what the barrier has made visible.
    word_.store(made ? before + kEnded : before, std::memory_order_release);
    P::futexwakeup(word_, UINT32_MAX);
    return made;
  }

  typename P::template Atomic<std::uint32_t> word_{0};
};

}  // namespace parkway

#endif  // PARKWAY_WAIT_SHARED_BARRIER_H_
