// SPDX-License-Identifier: Apache-2.0

// How a BasicRwMutex is given back where somebody waits, or may wait, and how
// the waiters that rw_mutex_choose.h finds are woken. Part of rw_mutex_slow.h,
// which has the invariants that the letters in brackets name.
#ifndef PARKWAY_LOCK_RW_MUTEX_RELEASE_H_
#define PARKWAY_LOCK_RW_MUTEX_RELEASE_H_

#include "parkway/lock/rw_mutex.h"
#include "parkway/os/compiler.h"
#include "parkway/profile/contention.h"

namespace parkway {

template <class P>
PARKWAY_NOINLINE std::int64_t BasicRwMutex<P>::unlock_slow(bool shared,
                                                           bool to_sleep) {
  // An owner that sees every operation does not call the inline half.
  if constexpr (kChecks) check_unlock(shared);
  internal::Releasing<P> tools(this, shared);
  internal::count_unlock<P>(kName, this);
  return release(shared, to_sleep);
}

// Gives the mutex back where sleepers are near.
template <class P>
std::int64_t BasicRwMutex<P>::release(bool shared, bool to_sleep) {
  if (shared) {
    std::uint32_t word = word_.load(std::memory_order_relaxed);
    while (word / kReader > 1) {
      // acq_rel: as in unlock_shared().
      if (word_.compare_exchange_weak(word, word - kReader,
                                      std::memory_order_acq_rel)) {
        return 0;
      }
    }
    // acquire: pairs with the release of readers that left before, whose
    // announcements the wakes below depend on.
    word_.load(std::memory_order_acquire);
  }
  auto& word = word_;
  // A look first: where threads wait for conditions there is a queue all the
  // time, and a step that fails takes as long as one that succeeds.
  std::uint32_t now = word.load(std::memory_order_relaxed);
  if (!to_sleep && leave_to_one(now, shared)) return 0;
  if ((now & kQueued) != 0 ||
      !release_from(shared ? kReader : kWriter, shared)) {
    return wake_and_release(shared, to_sleep);
  }
  // By address.
  P::calm(&word);
  return 0;
}

// Gives the mutex back without a look at the queue if one that was woken is on
// its way (A).
template <class P>
bool BasicRwMutex<P>::leave_to_one(std::uint32_t& word, bool shared) {
  constexpr std::uint32_t kLeft = kQueued | kOnItsWay;
  // A parent's flags: to be cleared under the bucket's lock.
  if ((word & kLeft) != kLeft || flags_are_parents()) return false;
  while ((word & kLeft) == kLeft) {
    // release: pairs with the acquire of whoever takes it next.
    if (word_.compare_exchange_weak(word, word - (shared ? kReader : kWriter),
                                    std::memory_order_release,
                                    std::memory_order_relaxed)) {
      return true;
    }
  }
  return false;
}

// Gives the mutex back if that is what is in the word: nobody is in the queue,
// or nobody who could run (Q).
template <class P>
bool BasicRwMutex<P>::release_from(std::uint32_t word, bool shared) {
  // release: pairs with the acquire of whoever takes it next.
  return word_.compare_exchange_strong(
      word, (word & ~kEvaluating) - (shared ? kReader : kWriter),
      std::memory_order_release);
}

// The calling thread is the writer, or a reader that found itself the last or
// has come to look (R).
template <class P>
std::int64_t BasicRwMutex<P>::wake_and_release(bool shared, bool to_sleep) {
  auto& bucket = P::bucket(&word_);
  lock_bucket(bucket);
  return wake_and_release(bucket, shared, to_sleep);
}

// The same with the bucket's lock, which it gives back.
template <class P>
std::int64_t BasicRwMutex<P>::wake_and_release(WaitBucket<P>& bucket,
                                               bool shared, bool to_sleep) {
  internal::releasing<P>(WaitKind::kWriter, this);
  if (shared && evaluating()) {
    // Somebody has come to look after this thread had found itself the last.
    // acq_rel: as in unlock_shared().
    word_.fetch_sub(kReader, std::memory_order_acq_rel);
    bucket.unlock();
    return 0;
  }
  bool released = false;
  W* const chosen = choose(bucket, shared, to_sleep, &released);
  if (released) return 0;
  W* const head = bucket.find(&word_);
  const std::uint32_t queued = head != nullptr ? kQueued : 0;
  const bool keeps_out = head != nullptr && head->queue.writers != 0;
  const std::uint32_t left = queued | (keeps_out ? kWriterWaits : 0);
  const std::uint32_t if_free =
      chosen != nullptr && !chosen->shared ? queued | kWriterWaits : left;
  const bool starving = chosen != nullptr && chosen->starving;
  const std::uint32_t if_held = left | (starving ? hold_of(chosen) : 0);

  // After the release, which is the last access, only the queue's waiters are
  // touched. release: pairs with the acquire of whoever takes it next.
  std::uint32_t word = word_.load(std::memory_order_relaxed);
  bool granted = starving;
  if (!shared) {
    if (granted) {
      clear_waking(head);
    } else if (chosen != nullptr) {
      set_waking(head, *chosen);
    }
    // Nobody else writes more than kWatched, a hint: readers stay out, and the
    // bucket's lock keeps the other bits what they are.
    word_.store(
        (word & kSlow) | (granted ? if_held : if_free) | on_its_way(head),
        std::memory_order_release);
  } else {
    std::uint32_t others = 0;
    do {
      others = (word & ~kFlagsOfWaiters) - kReader;
      // Readers may have come in beside this one.
      granted = starving && (chosen->shared || others / kReader == 0);
      if (granted) {
        clear_waking(head);
      } else if (chosen != nullptr) {
        set_waking(head, *chosen);
      }
      // acquire, too: pairs with the release of readers that have left
      // meanwhile. Who is handed the mutex does not look at the word itself.
    } while (!word_.compare_exchange_weak(
        word, others + ((granted ? if_held : if_free) | on_its_way(head)),
        std::memory_order_acq_rel));
  }
  W* more = nullptr;
  if (granted) {
    for (W* w = chosen; w != nullptr; w = w->next) w->granted = true;
    // Readers that have come to the front since the first was chosen: there may
    // never be a last reader who looks at the queue.
    if (chosen->shared && head != nullptr) more = readers_to_let_in(bucket);
  }
  bucket.unlock();
  const std::int64_t waited = wake(chosen);
  return waited + wake(more);
}

// What those of the chain hold together, once it is theirs.
template <class P>
std::uint32_t BasicRwMutex<P>::hold_of(const W* chosen) {
  if (!chosen->shared) return kWriter;
  std::uint32_t hold = 0;
  for (; chosen != nullptr; chosen = chosen->next) hold += kReader;
  return hold;
}

// Wakes a chain that choose() has made. Returns what unlock_slow() does.
template <class P>
std::int64_t BasicRwMutex<P>::wake(W* chosen) {
  std::int64_t waited = 0;
  const std::int64_t now = chosen == nullptr ? 0 : P::now();
  while (chosen != nullptr) {
    // Gone as soon as it is woken.
    W* const next = chosen->next;
    if (chosen->since != 0) waited += now - chosen->since;
    chosen->semaphore.wakeup();
    chosen = next;
  }
  return waited;
}

// After a release that did not know of waiters. Nothing is known of the mutex
// but its address, unless it has waiters or a mark: these keep it alive. Also
// by a waiter that looks for itself. `nobody_comes`: who is on its way is not
// counted on any more.
template <class P>
PARKWAY_NOINLINE void BasicRwMutex<P>::release_late(Word& word,
                                                    bool nobody_comes) {
  auto& bucket = P::bucket(&word);
  bucket.lock();
  if (bucket.marked(&word)) add(word, kSlow);
  W* const head = bucket.find(&word);
  BasicRwMutex* const mutex = head == nullptr ? nullptr : head->mutex;
  if (mutex != nullptr && nobody_comes) {
    mutex->clear_waking(head);
    mutex->clear(kWatched);
  }
  // Without giving the lock back between: a waiter that keeps the mutex alive
  // may leave the queue.
  while (mutex != nullptr) {
    if (mutex->try_take(false, true)) {
      mutex->wake_and_release(bucket, false, false);
      return;
    }
    if (mutex->tell_holder(*head)) break;
    // Readers have come first, and there may never be a last one.
    if (mutex->try_take(true, true)) {
      mutex->wake_and_release(bucket, true, false);
      return;
    }
  }
  // If readers have come first, other readers need not wait for them.
  W* chosen = nullptr;
  if (mutex != nullptr) chosen = mutex->readers_to_let_in(bucket);
  bucket.unlock();
  wake(chosen);
}

// So that somebody who holds the mutex looks at the queue of `head` when it
// leaves (Q). False: nobody holds it; or there are conditions, and only readers
// hold it, among whom there may never be a last one: without a writer in the
// queue new ones come in.
template <class P>
bool BasicRwMutex<P>::tell_holder(const W& head) {
  const bool writers = head.queue.writers != 0;
  const std::uint32_t set = kQueued | kNews | (writers ? kWriterWaits : 0);
  std::uint32_t word = word_.load(std::memory_order_relaxed);
  do {
    if ((word & (kWriter | kReaders)) == 0) return false;
    if ((word & (kWriter | kEvaluating)) == 0 && !writers &&
        head.queue.conditions != 0) {
      return false;
    }
  } while ((word & set) != set &&
           !word_.compare_exchange_weak(word, word | set,
                                        std::memory_order_relaxed));
  return true;
}

// After a writer has given up.
template <class P>
void BasicRwMutex<P>::let_readers_in() {
  auto& bucket = P::bucket(&word_);
  lock_bucket(bucket);
  W* const chosen = readers_to_let_in(bucket);
  bucket.unlock();
  wake(chosen);
}

// The calling thread is the writer, and will be a reader.
template <class P>
PARKWAY_NOINLINE void BasicRwMutex<P>::downgrade_slow() {
  internal::releasing<P>(WaitKind::kWriter, this);
  auto& bucket = P::bucket(&word_);
  lock_bucket(bucket);
  // Others may wait for what this one has done under it and it may wait for
  // them: not left to one that was woken and is on its way.
  clear_waking(bucket.find(&word_));
  W* chosen = choose(bucket, false, false, nullptr);
  if (chosen != nullptr && !chosen->shared) {
    // Its turn comes when this reader has left.
    bucket.push_again(&word_, chosen, false);
    chosen = nullptr;
  }
  W* const head = bucket.find(&word_);
  if (chosen != nullptr) set_waking(head, *chosen);
  const bool writers = head != nullptr && head->queue.writers != 0;
  // As in wake_and_release(). release: pairs with the acquire of readers.
  const std::uint32_t word = word_.load(std::memory_order_relaxed);
  word_.store((word & kSlow) | (head != nullptr ? kQueued : 0) |
                  (writers ? kWriterWaits : 0) | kReader,
              std::memory_order_release);
  bucket.unlock();
  wake(chosen);
}

}  // namespace parkway

#endif  // PARKWAY_LOCK_RW_MUTEX_RELEASE_H_
