// SPDX-License-Identifier: Apache-2.0

// How a thread gets a BasicRwMutex that is not free at once: it spins, queues
// up, sleeps, and perhaps gives up. Part of rw_mutex_slow.h, which has the
// invariants that the letters in brackets name.
#ifndef PARKWAY_LOCK_RW_MUTEX_ACQUIRE_H_
#define PARKWAY_LOCK_RW_MUTEX_ACQUIRE_H_

#include <algorithm>

#include "parkway/lock/rw_mutex.h"

namespace parkway {

// Takes the mutex if its state allows it. `waited`: a reader that a release has
// chosen gets in beside waiting writers.
template <class P>
bool BasicRwMutex<P>::try_take(bool shared, bool waited) {
  const std::uint32_t in_the_way = !shared  ? kWriter | kReaders
                                   : waited ? kWriter
                                            : kWriter | kWriterWaits;
  std::uint32_t word = word_.load(std::memory_order_relaxed);
  while ((word & in_the_way) == 0) {
    // acquire: pairs with the release of every way to unlock.
    if (word_.compare_exchange_weak(word, word + (shared ? kReader : kWriter),
                                    std::memory_order_acquire)) {
      return true;
    }
  }
  return false;
}

template <class P>
[[gnu::noinline]] void BasicRwMutex<P>::lock_slow(bool shared,
                                                  const SpinPlan& plan) {
  const auto attempt = [&] { return try_take(shared, false); };
  // At once, if only a mark was in the way of the inline half.
  if (!attempt() && !internal::spin_and_yield<P>(attempt, plan)) {
    OwnWaiter<P> waiter(this, shared, nullptr);
    queue_up(*waiter, false, plan);
  }
  internal::count_lock<P>();
}

template <class P>
bool BasicRwMutex<P>::try_lock_slow(bool shared) {
  if (!try_take(shared, false)) return false;
  internal::count_lock<P>();
  return true;
}

template <class P>
[[gnu::noinline]] bool BasicRwMutex<P>::try_lock_until_slow(
    bool shared, std::int64_t deadline) {
  const auto has_it = [] {
    internal::count_lock<P>();
    return true;
  };
  if (internal::spin_and_yield<P>([&] { return try_take(shared, false); },
                                  kSpinPlan)) {
    return has_it();
  }
  if (P::now() >= deadline) return false;
  OwnWaiter<P> own(this, shared, nullptr);
  W& waiter = *own;
  bool waited = false;
  bool time_is_up = false;
  while (!time_is_up) {
    if (enqueue(waiter, waited)) {
      if (!sleep_until(waiter, deadline)) {
        if (withdraw(waiter)) {
          leave(waiter);
          return false;
        }
        time_is_up = true;
      }
      if (waiter.granted) {
        leave(waiter);
        return has_it();
      }
      waited = true;
    }
    if (internal::spin_and_yield<P>([&] { return try_take(shared, waited); },
                                    kSpinPlan)) {
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

// Waits until `waiter`, which is not queued, has the mutex. `waited`: it was in
// the queue before.
template <class P>
void BasicRwMutex<P>::acquire(W& waiter, bool waited) {
  if (waiter.granted) return leave(waiter);
  const bool taken = internal::spin_and_yield<P>(
      [&] { return try_take(waiter.shared, waited); }, kSpinPlan);
  if (!taken) return queue_up(waiter, waited, kSpinPlan);
  if (waited) arrived(waiter.shared);
  leave(waiter);
}

// The same once spinning has not helped.
template <class P>
void BasicRwMutex<P>::queue_up(W& waiter, bool waited, const SpinPlan& plan) {
  const bool shared = waiter.shared;
  do {
    if (enqueue(waiter, waited)) {
      sleep(waiter);
      if (waiter.granted) return leave(waiter);
      waited = true;
    }
  } while (!internal::spin_and_yield<P>(
      [&] { return try_take(shared, waited); }, plan));
  if (waited) arrived(shared);
  leave(waiter);
}

// Queues the waiter for the mutex alone. False if the mutex is free for it.
template <class P>
bool BasicRwMutex<P>::enqueue(W& waiter, bool in_front) {
  announce(waiter);
  if (waiter.since == 0) waiter.since = P::now();
  if (!waiter.fenced) waiter.fenced = P::sleep_barrier();
  auto& bucket = P::bucket(&word_);
  bucket.lock.lock();
  const std::uint32_t in_the_way = !waiter.shared ? kWriter | kReaders
                                   : in_front     ? kWriter
                                                  : kWriter | kWriterWaits;
  const std::uint32_t set = kQueued | (waiter.shared ? 0 : kWriterWaits);
  std::uint32_t word = word_.load(std::memory_order_relaxed);
  do {
    if ((word & in_the_way) == 0) {
      bucket.lock.unlock();
      return false;
    }
  } while ((word & set) != set &&
           !word_.compare_exchange_weak(word, word | set,
                                        std::memory_order_relaxed));
  if (in_front) {
    waiter.starving = P::starving(waiter.since, ++waiter.losses);
    bucket.push_front(&word_, &waiter);
    bucket.find(&word_)->queue.waking = false;  // it was this one (A)
  } else {
    bucket.push_back(&word_, &waiter);
  }
  bucket.lock.unlock();
  return true;
}

// Until it is taken out of the queue.
template <class P>
void BasicRwMutex<P>::sleep(W& waiter) {
  while (!sleep_until(waiter, os::kForever)) {
  }
}

// The same with a deadline. Without a barrier a release may have missed the
// waiter (N): it looks for itself from time to time.
template <class P>
bool BasicRwMutex<P>::sleep_until(W& waiter, std::int64_t deadline) {
  for (;;) {
    std::int64_t until = deadline;
    if (!waiter.fenced) until = std::min(until, P::now() + P::kRecheckNs);
    if (waiter.semaphore.sleep(until)) return true;
    if (until == deadline) return false;
    release_late(word_);
  }
}

// The mutex was taken by a thread that had been in the queue.
template <class P>
void BasicRwMutex<P>::arrived(bool shared) {
  auto& bucket = P::bucket(&word_);
  bucket.lock.lock();
  W* const head = bucket.find(&word_);
  if (head != nullptr) head->queue.waking = false;
  if (!shared && (head == nullptr || head->queue.writers == 0)) {
    std::uint32_t word = word_.load(std::memory_order_relaxed);
    while (!word_.compare_exchange_weak(word, word & ~kWriterWaits,
                                        std::memory_order_relaxed)) {
    }
  }
  bucket.lock.unlock();
}

// A waiter whose time is up leaves the queue. False if somebody has taken it
// out: then it has consumed its wakeup. If there are conditions in the queue it
// stays until that happens (R).
template <class P>
bool BasicRwMutex<P>::withdraw(W& waiter) {
  auto& bucket = P::bucket(&word_);
  bucket.lock.lock();
  W* head = bucket.find(&word_);
  if (!waiter.queued || head->queue.conditions != 0) {
    bucket.lock.unlock();
    sleep(waiter);  // (W)
    return false;
  }
  bucket.remove(head, &waiter);
  bucket.lock.unlock();
  if (!waiter.shared) let_readers_in();
  return true;
}

// The holder will wait for something else and then come back for the mutex.
template <class P>
void BasicRwMutex<P>::warn(W& waiter) {
  P::warn(&word_);
  waiter.warned = true;
  waiter.fenced = true;  // its release is the fence (S)
}

template <class P>
void BasicRwMutex<P>::announce(W& waiter) {
  if (waiter.announced) return;
  if (waiter.warned) {
    P::announce_warned(&word_);
    waiter.warned = false;
  } else {
    P::announce(&word_);
  }
  waiter.announced = true;
}

// It has the mutex.
template <class P>
void BasicRwMutex<P>::leave(W& waiter) {
  if (waiter.announced) P::retract(&word_);
  if (waiter.warned) P::unwarn(&word_);
}

}  // namespace parkway

#endif  // PARKWAY_LOCK_RW_MUTEX_ACQUIRE_H_
