// SPDX-License-Identifier: Apache-2.0

// How a thread looks at a BasicRwMutex that another one holds, before it sleeps
// and after. Part of rw_mutex_slow.h, which has the invariants that the letters
// in brackets name.
#ifndef PARKWAY_LOCK_RW_MUTEX_POLL_H_
#define PARKWAY_LOCK_RW_MUTEX_POLL_H_

#include <algorithm>

#include "parkway/base/spin.h"
#include "parkway/lock/rw_mutex.h"

namespace parkway {

// Takes the mutex if its state allows it. `beside`: see RwWaiter.
template <class P>
bool BasicRwMutex<P>::try_take(bool shared, bool beside) {
  std::uint32_t word = 0;
  return try_take(shared, beside, 0, word);
}

// The same for one that takes `drop` out of the word with it. `word` becomes
// what was there.
template <class P>
bool BasicRwMutex<P>::try_take(bool shared, bool beside, std::uint32_t drop,
                               std::uint32_t& word) {
  const std::uint32_t in_the_way = !shared  ? kWriter | kReaders
                                   : beside ? kWriter
                                            : kWriter | kWriterWaits;
  word = word_.load(std::memory_order_relaxed);
  for (;;) {
    while ((word & in_the_way) == 0) {
      // acquire: pairs with the release of every way to unlock.
      if (word_.compare_exchange_weak(
              word, (word & ~drop) + (shared ? kReader : kWriter),
              std::memory_order_acquire)) {
        return true;
      }
    }
    if ((word & in_the_way) != kWriterWaits || !flags_are_parents()) {
      return false;
    }
    // The writer is none of this process.
    auto& bucket = P::bucket(&word_);
    lock_bucket(bucket);
    bucket.unlock();
    word = word_.load(std::memory_order_relaxed);
  }
}

// One look. A writer that has not slept yet ends its polls where somebody
// watches: each look takes the word from its owner, and one that looks is
// enough. A release does not go by kWatched, and to sleep here is as at the end
// of the polls: behind one that is on its way (A).
template <class P>
struct BasicRwMutex<P>::Polling {
  bool operator()() {
    std::uint32_t word = 0;
    if (mutex.try_take(shared, beside, watches ? kWatched : 0, word)) {
      return true;
    }
    leave = !beside && !shared && (word & kWatched) != 0;
    return false;
  }
  bool leaves() const { return leave; }

  BasicRwMutex& mutex;
  const bool shared;
  const bool beside;
  bool watches = false;
  bool leave = false;
};

// Polls and yields, for one that is new. True if it has the mutex.
template <class P>
bool BasicRwMutex<P>::poll_at_first(bool shared, const SpinPlan& plan) {
  Polling attempt{*this, shared, false};
  // At once, if only a mark was in the way of the inline half.
  if (attempt()) return true;
  if (!attempt.leaves() && internal::spin_and_yield<P>(attempt, plan)) {
    return true;
  }
  if (!attempt.leaves()) return false;
  // The one that watches may have lost its CPU to this thread.
  P::yield();
  return attempt();
}

// Polls and yields; `woken`: after a sleep. True if it has the mutex.
template <class P>
bool BasicRwMutex<P>::poll(W& waiter, bool woken, const SpinPlan& plan) {
  Polling attempt{*this, waiter.shared, waiter.beside};
  attempt.watches = woken && begin_watch(waiter);
  if (!attempt.watches) return internal::spin_and_yield<P>(attempt, plan);
  if (internal::watch<P>(attempt)) return true;
  // Not while it may be without a CPU.
  clear(kWatched);
  attempt.watches = false;
  const SpinLimits limits = P::spin_limits();
  return attempt() ||
         internal::yield<P>(limits, attempt,
                            std::min(limits.yields, plan.yields)) !=
             internal::YieldsEnd::kNothing;
}

// Whether a writer that was woken is the one that looks now. Only where other
// writers sleep: a few threads get the mutex by their polls.
template <class P>
bool BasicRwMutex<P>::begin_watch(const W& waiter) {
  if (!waiter.crowd) return false;
  constexpr std::uint32_t kCrowd = kQueued | kWriter;
  std::uint32_t word = word_.load(std::memory_order_relaxed);
  while ((word & (kCrowd | kWatched)) == kCrowd) {
    if (word_.compare_exchange_weak(word, word | kWatched,
                                    std::memory_order_relaxed)) {
      return true;
    }
  }
  return false;
}

}  // namespace parkway

#endif  // PARKWAY_LOCK_RW_MUTEX_POLL_H_
