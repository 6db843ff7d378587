// SPDX-License-Identifier: Apache-2.0

// The mark by which each operation on a BasicRwMutex takes its slow half. Part
// of rw_mutex_slow.h.
#ifndef PARKWAY_LOCK_RW_MUTEX_MARKS_H_
#define PARKWAY_LOCK_RW_MUTEX_MARKS_H_

#include "parkway/lock/rw_mutex.h"

namespace parkway {

template <class P>
void BasicRwMutex<P>::make_slow() {
  auto& bucket = P::bucket(&word_);
  auto* const made = new KeyMark{&word_, nullptr};
  bucket.lock.lock();
  KeyMark** const link = bucket.mark(&word_);
  const bool is_new = *link == nullptr;
  if (is_new) {
    *link = made;
    P::announce(&word_);
  }
  bucket.lock.unlock();
  if (!is_new) {
    delete made;
    return;
  }
  // A release that does not know yet puts the bit back, late.
  if (!P::sleep_barrier()) {
    WorkerSemaphore<P> nobodys;
    nobodys.sleep(P::now() + P::kRecheckNs);
  }
  bucket.lock.lock();
  add_slow(word_);
  bucket.lock.unlock();
}

// Under the lock of the word's bucket, as every write of kSlow.
template <class P>
void BasicRwMutex<P>::add_slow(Word& word) {
  std::uint32_t now = word.load(std::memory_order_relaxed);
  while (!word.compare_exchange_weak(now, now | kSlow,
                                     std::memory_order_relaxed)) {
  }
}

template <class P>
void BasicRwMutex<P>::forget_slow() {
  auto& bucket = P::bucket(&word_);
  bucket.lock.lock();
  KeyMark** const link = bucket.mark(&word_);
  KeyMark* const gone = *link;
  if (gone != nullptr) {
    *link = gone->next;
    P::retract(&word_);
    std::uint32_t word = word_.load(std::memory_order_relaxed);
    while (!word_.compare_exchange_weak(word, word & ~kSlow,
                                        std::memory_order_relaxed)) {
    }
  }
  bucket.lock.unlock();
  delete gone;
}

}  // namespace parkway

#endif  // PARKWAY_LOCK_RW_MUTEX_MARKS_H_
