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

// What it is made of; the model checker has another one. Members as in
// parkway/base/platform.h.
struct SmallLockPolicy {
  template <class T>
  using Atomic = std::atomic<T>;
  using ThreadSemaphore = os::ThreadSemaphore;

  static bool semasleep(ThreadSemaphore& semaphore,
                        std::int64_t deadline) noexcept {
    return os::semasleep(&semaphore, deadline);
  }
  static void semaclose(ThreadSemaphore& semaphore) noexcept {
    os::semaclose(&semaphore);
  }
  static void yield() noexcept { osyield(); }
  static std::int64_t now() noexcept { return nanotime(); }
  static std::uint32_t fork_generation() noexcept {
    return internal::fork_generation();
  }
  // How often a waiter looks, how often it yields then, and how long it sleeps
  // after that, each time.
  static constexpr std::uint32_t kLooks = 64;
  static constexpr std::uint32_t kYields = 256;
  static constexpr std::int64_t kNapNs = 50000;
};

// For sections of a few dozen instructions, in which nobody waits or calls
// anything. Nobody can be woken who waits for it: it looks, then yields, and if
// the holder does not go on then, because it has the lower real-time priority
// perhaps, it sleeps for a moment. Not for signal handlers.
//
// In the child of a fork it is free, whoever held it in the parent, and lock()
// says so to the first that takes it there.
template <class P>
class BasicSmallLock {
 public:
  BasicSmallLock() noexcept = default;
  BasicSmallLock(const BasicSmallLock&) = delete;
  BasicSmallLock& operator=(const BasicSmallLock&) = delete;

  // True if nobody in this process has had it before: then what it guards is to
  // be made, or made anew.
  bool lock() noexcept {
    const std::uint32_t generation = P::fork_generation() * kStates;
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
    if (turn < P::kLooks) return;
    if (turn < P::kLooks + P::kYields) {
      P::yield();
      return;
    }
    // A semaphore that nobody else knows.
    typename P::ThreadSemaphore nobody;
    P::semasleep(nobody, P::now() + P::kNapNs);
    P::semaclose(nobody);
  }

  typename P::template Atomic<std::uint32_t> word_{0};
};

using SmallLock = BasicSmallLock<SmallLockPolicy>;

}  // namespace parkway::os::derived

#endif  // PARKWAY_OS_DERIVED_SMALL_LOCK_H_
