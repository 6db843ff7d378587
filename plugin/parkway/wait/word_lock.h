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
#include "parkway/os/os.h"

namespace parkway {

// All bits zero = unlocked, trivially destructible. lock() is an acquire,
// unlock() a release and its last access to the word: what comes after is a
// wake by address.
//
// The word, as contracts:
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

  void lock() PARKWAY_ACQUIRE() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    if (!try_take()) lock_slow();
  }

  // Never waits, never fails spuriously.
  bool try_lock() PARKWAY_TRY_ACQUIRE(true) PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    return try_take();
  }

  void unlock() PARKWAY_RELEASE() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    auto& word = word_;
    // release: pairs with the acquire of who takes it next.
    if (word.exchange(kFree, std::memory_order_release) == kContended) {
      P::futexwakeup(word, 1);
    }
  }

 private:
  static constexpr std::uint32_t kFree = 0;
  static constexpr std::uint32_t kHeld = 1;
  static constexpr std::uint32_t kContended = 2;

  bool try_take() {
    std::uint32_t expected = kFree;
    // acquire: pairs with the release in unlock().
    return word_.compare_exchange_strong(expected, kHeld,
                                         std::memory_order_acquire);
  }

  [[gnu::noinline, gnu::cold]] void lock_slow() {
    const auto attempt = [this] {
      // Looks first: a failed exchange takes the line from the owner.
      return word_.load(std::memory_order_relaxed) == kFree && try_take();
    };
    if (internal::spin_and_yield<P>(attempt)) return;
    // acquire: as in try_take(). A wake for no reason, or one that was meant
    // for a lock that lived here before, only looks again.
    while (word_.exchange(kContended, std::memory_order_acquire) != kFree) {
      P::futexsleep(word_, kContended, os::kForever);
    }
  }

  typename P::template Atomic<std::uint32_t> word_{kFree};
};

using WordLock = BasicWordLock<BasePlatform>;

}  // namespace parkway

#endif  // PARKWAY_WAIT_WORD_LOCK_H_
