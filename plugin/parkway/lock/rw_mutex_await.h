// SPDX-License-Identifier: Apache-2.0

// How a thread that holds a BasicRwMutex waits for a condition. Who gives the
// mutex back evaluates it, in rw_mutex_choose.h. Part of rw_mutex_slow.h, which
// has the invariants that the letters in brackets name.
#ifndef PARKWAY_LOCK_RW_MUTEX_AWAIT_H_
#define PARKWAY_LOCK_RW_MUTEX_AWAIT_H_

#include "parkway/lock/rw_mutex.h"
#include "parkway/profile/contention.h"

namespace parkway {

template <class P>
bool BasicRwMutex<P>::await(const Predicate& until, std::int64_t deadline,
                            bool shared) {
  for (;;) {
    if (until.eval(until.context)) return true;
    if (deadline != os::kForever && P::now() >= deadline) return false;
    internal::Unseen<P> tools;
    internal::Waiting<P> waiting(WaitKind::kCondition, this);
    waiting.slept();
    OwnWaiter<P> own(this, shared, &until);
    W& waiter = *own;
    announce_held(waiter);
    auto& bucket = P::bucket(&word_);
    lock_bucket(bucket);
    bucket.push(&word_, &waiter, evaluating());
    change(word_, kQueued, waiter.priority != 0 ? kOnItsWay : 0);
    waiter.looks_at = look_behind();
    bucket.unlock();
    {
      internal::Seen<P> seen;
      internal::Releasing<P> releasing(this, shared);
      release(shared, true);
    }
    const bool woken = sleep_until(waiter, deadline) || !withdraw(waiter);
    // From here on for the mutex alone: the condition may have become false.
    waiter.until = {};
    internal::Seen<P> seen;
    internal::Acquiring<P> acquiring(this, shared);
    acquire(waiter, woken);
  }
}

}  // namespace parkway

#endif  // PARKWAY_LOCK_RW_MUTEX_AWAIT_H_
