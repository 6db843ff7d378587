// SPDX-License-Identifier: Apache-2.0

// WordLock: the lock of the tables that the locks above wait in.
//
// A table's lock can't itself wait in a table, so this one is as small as can
// be: one word, slept on by the kernel's futex, for sections of a few dozen
// instructions in which nobody waits for anything else. It has no fairness, no
// timed members and no misuse checks, and its unlock is a locked instruction
// (lock and unlock: 19 ns where FutexMutex takes 9); for everything else there
// is parkway/lock/futex_mutex.h.
//
// Origin: the mutex of Ulrich Drepper, "Futexes Are Tricky" (its third), with
// the spin of parkway/base/spin.h in front. That a parking lot is locked by a
// smaller lock of its own is as in parking_lot (its WordLock).
#ifndef PARKWAY_WAIT_WORD_LOCK_H_
#define PARKWAY_WAIT_WORD_LOCK_H_

#include <atomic>
#include <cstdint>

#include "parkway/base/platform.h"
#include "parkway/base/spin.h"
#include "parkway/base/thread_annotations.h"
#include "parkway/os/compiler.h"
#include "parkway/os/os.h"

namespace parkway {

// All bits zero = unlocked, trivially destructible. lock() is an acquire,
// unlock() a release and its last access to the word: what comes after is a
// wake by address.
//
// In the child of a fork it is free, whoever held it in the parent, and what it
// guards is the parent's: lock() says so to the first that takes it there.
//
// The word has the generation of the process that wrote it
// (parkway/os/fork_generation.h); with another one it means kFree. Below
// that, as contracts:
//   kFree       nobody has it
//   kHeld       held, and nobody sleeps: an unlock wakes nobody
//   kContended  held, and somebody may sleep. Set by a thread before it sleeps,
//               and by each that has slept when it takes the lock, because
//               others may sleep still
template <class P>
class PARKWAY_CAPABILITY("mutex") BasicWordLock {
 public:
  constexpr BasicWordLock() noexcept = default;
  BasicWordLock(const BasicWordLock&) = delete;
  BasicWordLock& operator=(const BasicWordLock&) = delete;

  // True if nobody in this process has had it before. The caller, who has it
  // now, then sees to it that what it guards is as it should be: as it was at
  // the fork, perhaps in the middle of a change by a thread that is gone.
  bool lock() PARKWAY_ACQUIRE() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    const std::uint32_t generation = P::fork_generation() * kStates;
    std::uint32_t expected = generation + kFree;
    // acquire: pairs with the release in unlock().
    if (PARKWAY_LIKELY(word_.compare_exchange_strong(
            expected, generation + kHeld, std::memory_order_acquire))) {
      return false;
    }
    return lock_slow(generation);
  }

  void unlock() PARKWAY_RELEASE() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    auto& word = word_;
    // relaxed: nobody else writes the generation while it is held.
    const std::uint32_t held = word.load(std::memory_order_relaxed);
    // release: pairs with the acquire of who takes it next.
    if (word.exchange(held - held % kStates + kFree,
                      std::memory_order_release) %
            kStates ==
        kContended) {
      P::futexwakeup(word, 1);
    }
  }

 private:
  static constexpr std::uint32_t kFree = 0;
  static constexpr std::uint32_t kHeld = 1;
  static constexpr std::uint32_t kContended = 2;
  static constexpr std::uint32_t kStates = 4;

  // As lock().
  PARKWAY_NOINLINE PARKWAY_COLD bool lock_slow(std::uint32_t generation) {
    bool inherited = false;
    const auto attempt = [&] {
      // Looks first: a failed compare-exchange takes the line from the owner.
      std::uint32_t word = word_.load(std::memory_order_relaxed);
      inherited = word - word % kStates != generation;
      // acquire: as in lock().
      return (inherited || word % kStates == kFree) &&
             word_.compare_exchange_strong(word, generation + kHeld,
                                           std::memory_order_acquire);
    };
    if (attempt() || internal::spin_and_yield<P>(attempt)) return inherited;
    // acquire: as in lock(). A wake for no reason, or one that was meant for
    // a lock that lived here before, only looks again.
    for (;;) {
      const std::uint32_t before =
          word_.exchange(generation + kContended, std::memory_order_acquire);
      if (before - before % kStates != generation) return true;
      if (before % kStates == kFree) return false;
      P::futexsleep(word_, generation + kContended, os::kForever);
    }
  }

  typename P::template Atomic<std::uint32_t> word_{kFree};
};

using WordLock = BasicWordLock<BasePlatform>;

}  // namespace parkway

#endif  // PARKWAY_WAIT_WORD_LOCK_H_
