// SPDX-License-Identifier: Apache-2.0

// SmallLock: the lock of what is below every other lock.
#ifndef PARKWAY_OS_DERIVED_SMALL_LOCK_H_
#define PARKWAY_OS_DERIVED_SMALL_LOCK_H_

#include <atomic>
#include <cstdint>

#include "parkway/os/fork_generation.h"
#include "parkway/os/os.h"
#include "parkway/os/semaphore.h"

namespace parkway::os::derived {

// For sections of a few dozen instructions, in which nobody waits or calls
// anything. Nobody can be woken who waits for it: it looks, then yields, and if
// the holder does not go on then, because it has the lower real-time priority
// perhaps, it sleeps for a moment. Not for signal handlers.
//
// In the child of a fork it is free, whoever held it in the parent, and lock()
// says so to the first that takes it there.
class SmallLock {
 public:
  constexpr SmallLock() noexcept = default;
  SmallLock(const SmallLock&) = delete;
  SmallLock& operator=(const SmallLock&) = delete;

  // True if nobody in this process has had it before: then what it guards is to
  // be made, or made anew.
  bool lock() noexcept {
    const std::uint32_t generation = internal::fork_generation() * kStates;
    for (std::uint32_t turn = 0;; ++turn) {
      std::uint32_t word = word_.load(std::memory_order_relaxed);
      const bool inherited = word - word % kStates != generation;
      // acquire: pairs with the release in unlock().
      if ((inherited || word % kStates == kFree) &&
          word_.compare_exchange_strong(word, generation + kHeld,
                                        std::memory_order_acquire)) {
        return inherited;
      }
      wait(turn);
    }
  }

  void unlock() noexcept {
    // release: pairs with the acquire in lock(). Nobody else writes it while it
    // is held.
    word_.store(word_.load(std::memory_order_relaxed) - kHeld + kFree,
                std::memory_order_release);
  }

 private:
  // In the bits above: the generation of the process that wrote the word.
  static constexpr std::uint32_t kFree = 0;
  static constexpr std::uint32_t kHeld = 1;
  static constexpr std::uint32_t kStates = 2;

  static void wait(std::uint32_t turn) noexcept {
    constexpr std::uint32_t kLooks = 64;
    constexpr std::uint32_t kYields = 256;
    constexpr std::int64_t kNapNs = 50000;
    if (turn < kLooks) return;
    if (turn < kLooks + kYields) {
      osyield();
      return;
    }
    // A semaphore that nobody else knows.
    ThreadSemaphore nobody;
    semasleep(&nobody, nanotime() + kNapNs);
    semaclose(&nobody);
  }

  std::atomic<std::uint32_t> word_{0};
};

}  // namespace parkway::os::derived

#endif  // PARKWAY_OS_DERIVED_SMALL_LOCK_H_
