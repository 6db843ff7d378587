// SPDX-License-Identifier: Apache-2.0

// The mark by which each operation on a BasicRwMutex takes its slow half. Part
// of rw_mutex_slow.h.
#ifndef PARKWAY_LOCK_RW_MUTEX_MARKS_H_
#define PARKWAY_LOCK_RW_MUTEX_MARKS_H_

#include "parkway/lock/rw_mutex.h"

namespace parkway {

template <class P>
void BasicRwMutex<P>::make_slow() {
  auto* const made = new KeyMark{&word_, nullptr};
  internal::Unseen<P> tools;
  auto& bucket = P::bucket(&word_);
  lock_bucket(bucket);
  const bool is_new = !bucket.marked(&word_);
  if (is_new) {
    side_.store(side_.load(std::memory_order_relaxed) | kMarked,
                std::memory_order_relaxed);
    // The mark counts as a sleeper. Before it is there: a fork between leaves
    // the child a sleeper too many, not one too few.
    P::announce_held(&word_);
    bucket.add_mark(made);
  } else {
    // The first caller may still be on its way.
    add(word_, kSlow);
  }
  bucket.unlock();
  if (!is_new) {
    delete made;
    return;
  }
  // A release that does not know yet puts the bit back, late.
  const bool fenced = P::announce(&word_);
  if (!fenced) {
    WorkerSemaphore<P> nobodys;
    nobodys.sleep(P::now() + P::kSettleNs);
    P::settled(&word_);
  }
  P::retract(&word_);
  bucket.lock();
  add(word_, kSlow);
  bucket.unlock();
}

template <class P>
void BasicRwMutex<P>::forget_slow() {
  internal::Unseen<P> tools;
  auto& bucket = P::bucket(&word_);
  lock_bucket(bucket);
  KeyMark* const gone = bucket.remove_mark(&word_);
  if (gone != nullptr) {
    side_.store(side_.load(std::memory_order_relaxed) & ~kMarked,
                std::memory_order_relaxed);
    P::retract(&word_);
    clear(kSlow);
  }
  bucket.unlock();
  delete gone;
}

}  // namespace parkway

#endif  // PARKWAY_LOCK_RW_MUTEX_MARKS_H_
