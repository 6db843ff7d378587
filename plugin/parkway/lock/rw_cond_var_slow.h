// SPDX-License-Identifier: Apache-2.0

// The cold half of BasicRwCondVar. Included by rw_cond_var.cc, the model
// checker and the fault tests, by no header.
#ifndef PARKWAY_LOCK_RW_COND_VAR_SLOW_H_
#define PARKWAY_LOCK_RW_COND_VAR_SLOW_H_

#include "parkway/lock/rw_cond_var.h"
#include "parkway/lock/rw_mutex_slow.h"
#include "parkway/os/compiler.h"
#include "parkway/profile/contention.h"

namespace parkway {

template <class P>
bool BasicRwCondVar<P>::wait(BasicRwMutex<P>& mutex, bool shared,
                             std::int64_t deadline) {
  internal::Unseen<P> tools;
  internal::Waiting<P> waiting(WaitKind::kConditionVariable, this);
  waiting.slept();
  OwnWaiter<P> own(&mutex, shared, nullptr);
  W& waiter = *own;
  mutex.announce_held(waiter);
  auto& bucket = P::bucket(&word_);
  bucket.lock();
  bucket.push_back(key(), &waiter);
  // relaxed: a notifier that must see this holds the mutex after this thread.
  word_.store(1, std::memory_order_relaxed);
  bucket.unlock();
  {
    internal::Seen<P> seen;
    // Its announcement leaves the inline half nothing to do.
    mutex.unlock_slow(shared, true);
  }

  bool notified = waiter.semaphore.sleep(deadline);
  if (!notified) {
    bucket.lock();
    notified = waiter.moved;
    if (!notified) {
      bucket.remove(bucket.find(key()), &waiter);
      if (bucket.find(key()) == nullptr) {
        word_.store(0, std::memory_order_relaxed);
      }
    }
    bucket.unlock();
    if (notified) {
      // Chosen in the last moment: its wakeup is on the way, or it is in the
      // mutex's queue.
      waiter.semaphore.sleep(os::kForever);
    }
  }
  if (notified) internal::happens_after<P>(&waiter.semaphore);
  internal::Seen<P> seen;
  internal::Acquiring<P> acquiring(&mutex, shared);
  internal::count_lock<P>();
  mutex.acquire(waiter, notified);
  return notified;
}

template <class P>
PARKWAY_NOINLINE bool BasicRwCondVar<P>::notify(bool all) {
  internal::Unseen<P> tools;
  internal::releasing<P>(WaitKind::kConditionVariable, this);
  W* first = nullptr;
  W* last = nullptr;
  auto& bucket = P::bucket(&word_);
  bucket.lock();
  W* head = bucket.find(key());
  while (head != nullptr && (all || first == nullptr)) {
    W* const waiter = head;
    bucket.remove(head, waiter);
    waiter->moved = true;
    internal::happens_before<P>(&waiter->semaphore);
    waiter->next = nullptr;
    (first == nullptr ? first : last->next) = waiter;
    last = waiter;
    head = bucket.find(key());
  }
  if (head == nullptr) word_.store(0, std::memory_order_relaxed);
  // After this, the condition variable may be gone.
  bucket.unlock();
  deliver(first);
  return first != nullptr;
}

// Hands each waiter of the chain, which is in no queue, to its mutex, or wakes
// it. A waiter keeps its mutex alive until it has been woken.
template <class P>
void BasicRwCondVar<P>::deliver(W* chain) {
  while (chain != nullptr) {
    W* const waiter = chain;
    chain = chain->next;
    // It has given warning: no barrier needed (S). Not moved if the mutex has
    // become free meanwhile, or is not in a reader's way.
    waiter->beside = true;
    const bool moved = waiter->mutex->is_locked_or_shared() &&
                       waiter->mutex->enqueue(*waiter, false);
    if (!moved) waiter->semaphore.wakeup();
  }
}

}  // namespace parkway

#endif  // PARKWAY_LOCK_RW_COND_VAR_SLOW_H_
