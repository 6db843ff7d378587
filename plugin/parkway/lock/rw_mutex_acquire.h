// SPDX-License-Identifier: Apache-2.0

// How a thread gets a BasicRwMutex that is not free at once: it polls, queues
// up, sleeps, and perhaps gives up. Part of rw_mutex_slow.h, which has the
// invariants that the letters in brackets name.
#ifndef PARKWAY_LOCK_RW_MUTEX_ACQUIRE_H_
#define PARKWAY_LOCK_RW_MUTEX_ACQUIRE_H_

#include <algorithm>

#include "parkway/lock/rw_mutex.h"
#include "parkway/lock/rw_mutex_poll.h"
#include "parkway/os/compiler.h"
#include "parkway/profile/contention.h"
#include "parkway/wait/look_again.h"

namespace parkway {

// Whether a process that this one descends from wrote the flags of waiters.
template <class P>
bool BasicRwMutex<P>::flags_are_parents() const {
  return side_.load(std::memory_order_relaxed) / kGeneration !=
         P::fork_generation();
}

// The mutex's bucket; from then on the flags of waiters are this process's.
template <class P>
void BasicRwMutex<P>::lock_bucket(WaitBucket<P>& bucket) {
  bucket.lock();
  const std::uint32_t side = side_.load(std::memory_order_relaxed);
  if (PARKWAY_UNLIKELY(flags_are_parents())) {
    // Without waiters there were no flags.
    if (side / kGeneration != 0) clear(kFlagsOfWaiters);
    side_.store(P::fork_generation() * kGeneration + (side & kMarked),
                std::memory_order_relaxed);
  }
}

// Sets and clears flags in one step. Needs the bucket's lock, but for kWatched.
template <class P>
void BasicRwMutex<P>::change(Word& word, std::uint32_t set,
                             std::uint32_t drop) {
  std::uint32_t now = word.load(std::memory_order_relaxed);
  while (((now & set) != set || (now & drop) != 0) &&
         !word.compare_exchange_weak(now, (now | set) & ~drop,
                                     std::memory_order_relaxed)) {
  }
}

template <class P>
PARKWAY_NOINLINE void BasicRwMutex<P>::lock_slow(bool shared,
                                                 const SpinPlan& plan) {
  internal::Acquiring<P> tools(this, shared);
  internal::Waiting<P> waiting(wait_kind(shared), this);
  if (!poll_at_first(shared, plan)) {
    OwnWaiter<P> waiter(this, shared, nullptr);
    (*waiter).looks_again = plan.looks_again;
    waiting.slept();
    queue_up(*waiter, false, plan);
  }
  internal::count_lock<P>();
}

template <class P>
bool BasicRwMutex<P>::try_lock_slow(bool shared) {
  internal::Trying<P> tools(this, shared);
  if (!tools.got(try_take(shared, false))) return false;
  internal::count_lock<P>();
  return true;
}

template <class P>
PARKWAY_NOINLINE bool BasicRwMutex<P>::try_lock_until_slow(
    bool shared, std::int64_t deadline) {
  internal::Trying<P> tools(this, shared);
  internal::Waiting<P> waiting(wait_kind(shared), this);
  const auto has_it = [&] {
    internal::count_lock<P>();
    return tools.got(true);
  };
  if (poll_at_first(shared, kSpinPlan)) return has_it();
  if (P::now() >= deadline) return false;
  waiting.slept();
  OwnWaiter<P> own(this, shared, nullptr);
  W& waiter = *own;
  bool waited = false;
  bool time_is_up = false;
  while (!time_is_up) {
    if (enqueue(waiter, waited)) {
      if (!sleep_until(waiter, deadline)) {
        if (withdraw(waiter)) {
          // Releases may have left it free for one that is on its way.
          const bool taken = try_take(shared, waited);
          leave(waiter);
          return taken && has_it();
        }
        time_is_up = true;
      }
      if (waiter.granted) {
        leave(waiter);
        return has_it();
      }
      waited = waiter.beside = true;
    }
    if (poll(waiter, waited, kSpinPlan)) {
      if (waited) arrived(shared);
      leave(waiter);
      return has_it();
    }
    time_is_up = time_is_up || P::now() >= deadline;
  }
  // Woken, and too late for it: somebody else is to have the wake (A).
  leave(waiter);
  if (waited) {
    arrived(shared);
    if (!shared) let_readers_in();
    release_late(word_);
  }
  return false;
}

// Waits until `waiter`, which is not queued and has waited for something else,
// has the mutex. `woken`: somebody has taken it out of a queue.
template <class P>
void BasicRwMutex<P>::acquire(W& waiter, bool woken) {
  if (waiter.granted) return leave(waiter);
  waiter.beside = true;
  if (!poll(waiter, woken, kSpinPlan)) {
    return queue_up(waiter, woken, kSpinPlan);
  }
  if (woken) arrived(waiter.shared);
  leave(waiter);
}

// The same once spinning has not helped, also for one that is new.
template <class P>
void BasicRwMutex<P>::queue_up(W& waiter, bool woken, const SpinPlan& plan) {
  do {
    if (enqueue(waiter, woken)) {
      sleep(waiter);
      if (waiter.granted) return leave(waiter);
      woken = waiter.beside = true;
    }
  } while (!poll(waiter, woken, plan));
  if (woken) arrived(waiter.shared);
  leave(waiter);
}

// Queues the waiter for the mutex alone. False if the mutex is free for it.
template <class P>
bool BasicRwMutex<P>::enqueue(W& waiter, bool in_front) {
  announce(waiter);
  if (waiter.since == 0) waiter.since = P::now();
  auto& bucket = P::bucket(&word_);
  lock_bucket(bucket);
  const std::uint32_t in_the_way = !waiter.shared  ? kWriter | kReaders
                                   : waiter.beside ? kWriter
                                                   : kWriter | kWriterWaits;
  const std::uint32_t set =
      kQueued | kNews | (waiter.shared ? 0 : kWriterWaits);
  // In the same step (A): if it is released now, then for this one as well.
  const std::uint32_t drop = in_front || waiter.priority != 0 ? kOnItsWay : 0;
  std::uint32_t word = word_.load(std::memory_order_relaxed);
  do {
    if ((word & in_the_way) == 0) {
      bucket.unlock();
      return false;
    }
  } while (((word & set) != set || (word & drop) != 0) &&
           !word_.compare_exchange_weak(word, (word | set) & ~drop,
                                        std::memory_order_relaxed));
  waiter.looks_at = os::kForever;
  if (in_front) {
    waiter.starving = P::starving(waiter.since, ++waiter.losses);
    bucket.push_again(&word_, &waiter, evaluating());
    clear_waking(bucket.find(&word_));  // it was this one (A)
  } else {
    bucket.push(&word_, &waiter, evaluating());
    waiter.looks_at = look_behind();
  }
  bucket.unlock();
  return true;
}

// When one that queues now has to look for itself (A). Needs the bucket's lock.
template <class P>
std::int64_t BasicRwMutex<P>::look_behind() const {
  return (side_.load(std::memory_order_relaxed) & kWaking) != 0
             ? P::now() + P::kOnItsWayNs
             : os::kForever;
}

// Until it is taken out of the queue.
template <class P>
void BasicRwMutex<P>::sleep(W& waiter) {
  while (!sleep_until(waiter, os::kForever)) {
  }
}

// The same with a deadline. Where a release may have missed the waiter (N), be
// another process's, or have left the mutex to one that does not come (A), it
// looks for itself.
template <class P>
bool BasicRwMutex<P>::sleep_until(W& waiter, std::int64_t deadline) {
  for (;;) {
    const std::int64_t look = waiter.looks_again
                                  ? internal::next_look<P>(waiter.since)
                                  : os::kForever;
    const std::int64_t until =
        std::min({deadline, waiter.settles, waiter.looks_at, look});
    if (waiter.semaphore.sleep(until)) return true;
    if (until != deadline || until == waiter.settles) {
      if (until == waiter.settles) {
        waiter.settles = os::kForever;
        P::settled(&word_);
      }
      // One of a mutex that processes share looks for itself all the time.
      const bool nobody_comes = until == waiter.looks_at || waiter.looks_again;
      if (until == waiter.looks_at) waiter.looks_at = os::kForever;
      release_late(word_, nobody_comes);
    }
    if (until == deadline) return false;
  }
}

// The mutex was taken by a thread that had been in the queue.
template <class P>
void BasicRwMutex<P>::arrived(bool shared) {
  auto& bucket = P::bucket(&word_);
  lock_bucket(bucket);
  W* const head = bucket.find(&word_);
  clear_waking(head);
  W* chosen = nullptr;
  if (shared) {
    // A writer for whose sake readers were kept out may have given up
    // meanwhile, and a downgrade may have let nobody in for this one's sake. If
    // a writer is on its way as well, it finds more readers, and queues once
    // more: better than readers that nobody lets in.
    chosen = readers_to_let_in(bucket);
  } else if (head == nullptr || head->queue.writers == 0) {
    clear(kWriterWaits);
  }
  bucket.unlock();
  wake(chosen);
}

// A waiter whose time is up leaves the queue. False if somebody has taken it
// out: then it has consumed its wakeup.
template <class P>
bool BasicRwMutex<P>::withdraw(W& waiter) {
  for (std::int64_t nap = P::kNapNs;;
       nap = std::min(2 * nap, P::kLongestNapNs)) {
    auto& bucket = P::bucket(&word_);
    lock_bucket(bucket);
    if (!waiter.queued) {
      bucket.unlock();
      sleep(waiter);  // (W)
      return false;
    }
    if (!evaluating()) {
      bucket.remove(bucket.find(&word_), &waiter);
      if (bucket.find(&word_) == nullptr) clear(kQueued | kOnItsWay | kWatched);
      bucket.unlock();
      if (!waiter.shared && waiter.unconditional()) {
        let_readers_in();
        // A release that woke it has looked no further.
        if (waiter.losses != 0) release_late(word_);
      }
      return true;
    }
    // (R): it will be over soon as a rule, but nobody tells when.
    bucket.unlock();
    if (waiter.semaphore.sleep(P::now() + nap)) return false;
  }
}

// Needs the bucket's lock.
template <class P>
bool BasicRwMutex<P>::evaluating() const {
  // acquire: pairs with the release in release_from(), by which one that has
  // gone through the queue may end that without the lock.
  return (word_.load(std::memory_order_acquire) & kEvaluating) != 0;
}

// It will wait for the mutex (S).
template <class P>
void BasicRwMutex<P>::announce(W& waiter) {
  if (waiter.announced) return;
  waiter.announced = true;
  if (!P::announce(&word_)) waiter.settles = P::now() + P::kSettleNs;
}

// The same by a holder, who will come back for the mutex when it has waited for
// something else: its release is the barrier (S).
template <class P>
void BasicRwMutex<P>::announce_held(W& waiter) {
  waiter.announced = true;
  P::announce_held(&word_);
}

// It has the mutex.
template <class P>
void BasicRwMutex<P>::leave(W& waiter) {
  if (waiter.announced) P::retract(&word_);
}

}  // namespace parkway

#endif  // PARKWAY_LOCK_RW_MUTEX_ACQUIRE_H_
