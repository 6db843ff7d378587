// SPDX-License-Identifier: Apache-2.0

// How a thread that holds a BasicRwMutex waits for a condition. Who gives the
// mutex back evaluates it, in rw_mutex_choose.h. Part of rw_mutex_slow.h, which
// has the invariants that the letters in brackets name.
#ifndef PARKWAY_LOCK_RW_MUTEX_AWAIT_H_
#define PARKWAY_LOCK_RW_MUTEX_AWAIT_H_

#include "parkway/lock/rw_mutex.h"

namespace parkway {

template <class P>
bool BasicRwMutex<P>::await(const Predicate& until, std::int64_t deadline,
                            bool shared) {
  for (;;) {
    if (until.eval(until.context)) return true;
    if (deadline != os::kForever && P::now() >= deadline) return false;
    OwnWaiter<P> own(this, shared, &until);
    W& waiter = *own;
    // Announced and queued by a holder: no barrier needed (S).
    announce(waiter);
    waiter.fenced = true;
    auto& bucket = P::bucket(&word_);
    bucket.lock.lock();
    bucket.push_back(&word_, &waiter);
    bucket.lock.unlock();
    release(shared);
    if (!sleep_until(waiter, deadline)) {
      bucket.lock.lock();
      const bool queued = waiter.queued;
      if (queued) {
        bucket.time_out(bucket.find(&word_), &waiter);
        mark_queued();
      }
      bucket.lock.unlock();
      // If the mutex is free, nobody is about to release it.
      if (queued) release_late(word_);
      sleep(waiter);  // (W)
    }
    // From here on for the mutex alone: the condition may have become false.
    waiter.until = {};
    waiter.timed_out = false;
    acquire(waiter, true);
  }
}

// So that its holder, if there is one, looks at the queue when it leaves (Q).
template <class P>
void BasicRwMutex<P>::mark_queued() {
  std::uint32_t word = word_.load(std::memory_order_relaxed);
  while ((word & (kWriter | kReaders)) != 0 && (word & kQueued) == 0 &&
         !word_.compare_exchange_weak(word, word | kQueued,
                                      std::memory_order_relaxed)) {
  }
}

}  // namespace parkway

#endif  // PARKWAY_LOCK_RW_MUTEX_AWAIT_H_
