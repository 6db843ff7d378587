// SPDX-License-Identifier: Apache-2.0

// Which waiters of a BasicRwMutex's queue have their turn, and whether one that
// had it is on its way. Part of rw_mutex_slow.h, which has the invariants that
// the letters in brackets name.
#ifndef PARKWAY_LOCK_RW_MUTEX_CHOOSE_H_
#define PARKWAY_LOCK_RW_MUTEX_CHOOSE_H_

#include "parkway/lock/rw_mutex.h"

namespace parkway {

// Whether one that was woken is on its way to the mutex (A), and that it is,
// and that none is counted on any more. `head` is the queue's, and may be null
// in the last three. All need the bucket's lock, and that the flags are not
// a parent's. The queue alone knows, and forgets with its last waiter, where
// another process may release the mutex, and where who was woken may stay
// behind others for any time (P::kOnItsWayNs).
template <class P>
bool BasicRwMutex<P>::waking(const W& head) const {
  return head.queue.waking ||
         (side_.load(std::memory_order_relaxed) & kWaking) != 0;
}
template <class P>
void BasicRwMutex<P>::set_waking(W* head, W& chosen) {
  const bool counted = P::kOnItsWayNs != 0 && !chosen.looks_again;
  chosen.crowd =
      counted && !chosen.shared && head != nullptr && head->queue.writers != 0;
  if (counted) {
    side_.store(side_.load(std::memory_order_relaxed) | kWaking,
                std::memory_order_relaxed);
  } else if (head != nullptr) {
    head->queue.waking = true;
  }
}
template <class P>
void BasicRwMutex<P>::clear_waking(W* head) {
  if (head != nullptr) head->queue.waking = false;
  const std::uint32_t side = side_.load(std::memory_order_relaxed);
  if ((side & kWaking) != 0) {
    side_.store(side & ~kWaking, std::memory_order_relaxed);
    clear(kOnItsWay);
  }
}
// What a release that leaves this queue leaves in the word for the next ones.
template <class P>
std::uint32_t BasicRwMutex<P>::on_its_way(const W* head) const {
  return head != nullptr && head->priority == 0 &&
                 (side_.load(std::memory_order_relaxed) & kWaking) != 0
             ? kOnItsWay
             : 0;
}

// By a holder, `shared` or not, that is about to give the mutex back and to
// clear kEvaluating: takes the waiters to wake out of the queue. That is the
// first that can run, and if it is a reader, all readers that can. A chain by
// RwWaiter::next. Drops and takes the bucket's lock around conditions (R). If
// `released` is not null it may find that nobody can run and give the mutex
// back at once, and the bucket's lock; then *released is set. `to_sleep`: see
// unlock_slow().
template <class P>
typename BasicRwMutex<P>::W* BasicRwMutex<P>::choose(WaitBucket<P>& bucket,
                                                     bool shared, bool to_sleep,
                                                     bool* released) {
  clear(kNews);
  W* head = bucket.find(&word_);
  if (head == nullptr) return nullptr;
  // Not left to one on its way: what threads with a real-time priority overtake
  // may keep it from its CPU. Nor by who leaves a CPU, see unlock_slow(); a
  // task leaves none.
  const bool goes_on = !to_sleep || P::kOnItsWayNs == 0;
  if (waking(*head) && goes_on && head->priority == 0) return nullptr;
  std::uint32_t seen = word_.load(std::memory_order_relaxed);
  if (head->queue.conditions != 0 && shared) {
    change(word_, kEvaluating, kWatched);
    seen = word_.load(std::memory_order_relaxed);
  } else if (head->queue.conditions != 0) {
    // As in wake_and_release(). Not kWatched, which may be over meanwhile.
    seen = (seen | kEvaluating) & ~kWatched;
    word_.store(seen, std::memory_order_relaxed);
  }
  W* first = nullptr;
  W* last = nullptr;
  W* start = head;
  W* waiter = head;
  bool known = false;
  if (!head->unconditional()) {
    W* const tail = head->queue.tail;
    W* const last_run = head->queue.last_run;
    bucket.unlock();
    waiter = pass_over(head, last_run, known);
    if (waiter == nullptr && released != nullptr &&
        (seen & kWriterWaits) == 0 && release_from(seen, shared)) {
      *released = true;
      return nullptr;
    }
    bucket.lock();
    if (waiter == nullptr) waiter = tail->next;
    head = bucket.find(&word_);
  }
  for (;;) {
    if (waiter == nullptr) {
      // While a condition was evaluated, somebody may have queued in front.
      if (first != nullptr || head == start) break;
      waiter = start = head;
    }
    const bool skip = first != nullptr && !waiter->shared;
    bool runs = !skip && (known || waiter->unconditional());
    known = false;
    if (!skip && !runs) {
      bucket.unlock();
      runs = evaluate(*waiter);
      bucket.lock();
      head = bucket.find(&word_);
    }
    // A run whose condition is false is passed over as a whole.
    if (!runs) {
      waiter =
          waiter->run_last != nullptr ? waiter->run_last->next : waiter->next;
      continue;
    }
    W* const next = waiter->next;
    bucket.remove(head, waiter);
    waiter->next = nullptr;
    (first == nullptr ? first : last->next) = waiter;
    last = waiter;
    if (!waiter->shared) break;
    waiter = next;
    head = bucket.find(&word_);
  }
  return first;
}

// The first waiter from `waiter` to the run `last_run` that can run; null if
// there is none. `known`: its condition has just been found true. Without the
// bucket's lock, and without looking at the links at the queue's ends, which
// new waiters change (R).
template <class P>
typename BasicRwMutex<P>::W* BasicRwMutex<P>::pass_over(W* waiter, W* last_run,
                                                        bool& known) {
  for (;;) {
    if (waiter->until.eval == nullptr) return waiter;
    known = evaluate(*waiter);
    if (known) return waiter;
    if (waiter == last_run) return nullptr;
    waiter = waiter->run_last->next;
  }
}

// On behalf of the waiter, holding the mutex.
template <class P>
bool BasicRwMutex<P>::evaluate(const W& waiter) {
  internal::ConditionSeen<P> tools;
  return waiter.until.eval(waiter.until.context);
}

// If no writer waits: takes the readers that wait for the mutex alone out of
// the queue, unless it is for a holder to do that. Returns them, to be woken.
// Needs the bucket's lock.
template <class P>
typename BasicRwMutex<P>::W* BasicRwMutex<P>::readers_to_let_in(
    WaitBucket<P>& bucket) {
  W* const head = bucket.find(&word_);
  // Nor if one has been woken and is on its way (A).
  if (head != nullptr && (head->queue.writers != 0 || waking(*head))) {
    return nullptr;
  }
  // Whoever evaluates looks at all that wait (R). acquire: as in evaluating().
  const std::uint32_t word = word_.load(std::memory_order_acquire);
  if (head != nullptr && (word & (kWriter | kEvaluating)) != 0) return nullptr;
  clear(kWriterWaits);
  W* first = nullptr;
  W** link = &first;
  for (W *waiter = head, *next; waiter != nullptr; waiter = next) {
    next = waiter->next;
    if (!waiter->unconditional()) continue;
    bucket.remove(bucket.find(&word_), waiter);
    waiter->next = nullptr;
    *link = waiter;
    link = &waiter->next;
  }
  if (bucket.find(&word_) == nullptr) clear(kQueued | kOnItsWay | kWatched);
  return first;
}

template <class P>
bool BasicRwMutex<P>::has_waiters() {
  if (!P::sleepers_near(word_)) return false;
  internal::Unseen<P> tools;
  auto& bucket = P::bucket(&word_);
  bucket.lock();
  const bool found = bucket.find(&word_) != nullptr;
  bucket.unlock();
  return found;
}

}  // namespace parkway

#endif  // PARKWAY_LOCK_RW_MUTEX_CHOOSE_H_
