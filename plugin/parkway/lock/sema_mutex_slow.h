// SPDX-License-Identifier: Apache-2.0

// The cold half of BasicSemaMutex. Included by sema_mutex.cc, the model
// checker and the fault tests, by no header.
#ifndef PARKWAY_LOCK_SEMA_MUTEX_SLOW_H_
#define PARKWAY_LOCK_SEMA_MUTEX_SLOW_H_

#include <algorithm>

#include "parkway/lock/sema_mutex.h"
#include "parkway/os/compiler.h"
#include "parkway/profile/contention.h"
#include "parkway/wait/nap.h"

namespace parkway {

// Takes the mutex if kLocked is clear, whatever else the word holds.
template <class P>
bool BasicSemaMutex<P>::take() {
  Word word = word_.load(std::memory_order_relaxed);
  while ((word & kLocked) == 0) {
    // acquire: pairs with every CAS that clears kLocked.
    if (word_.compare_exchange_weak(word, own(word) | kLocked,
                                    std::memory_order_acquire)) {
      return true;
    }
  }
  return false;
}

template <class P>
PARKWAY_NOINLINE bool BasicSemaMutex<P>::lock_slow(std::int64_t deadline) {
  internal::Waiting<P> waiting(WaitKind::kMutex, this);
  for (;;) {
    if (internal::spin_and_yield<P>([this] { return take(); })) return true;
    if (deadline != os::kForever && P::now() >= deadline) return take();

    Worker* const self = P::current_worker();
    if (self == nullptr) {
      // No memory to queue with: it comes back from time to time.
      internal::nap<P>();
      continue;
    }
    // acquire, here and where the push fails: pairs with the push that brought
    // the head, whose record this thread looks up.
    Word word = word_.load(std::memory_order_acquire);
    bool pushed = false;
    while (!pushed && (word & kLocked) != 0) {
      const Word mine = own(word);
      self->next_waiter = head_of(mine);
      // release: publishes next_waiter to whoever owns the list next.
      pushed = word_.compare_exchange_weak(word, word_of(self, mine & kFlags),
                                           std::memory_order_release,
                                           std::memory_order_acquire);
    }
    if (!pushed) continue;
    waiting.slept();
    // True: somebody popped this worker. The mutex was free at that moment and
    // may be taken by now; go around.
    if (self->semaphore.sleep(deadline)) continue;
    if (leave(self)) return take();
  }
}

// A waiter whose time is up, in the list: makes it the owner of kQueue. False
// if it was popped first; then it has consumed its wakeup.
template <class P>
bool BasicSemaMutex<P>::own_queue(Worker* self, Word& word) {
  word = word_.load(std::memory_order_acquire);
  std::int64_t patience = P::kNapNs;
  for (;;) {
    if ((word & kQueue) != 0) {
      // Held for a few instructions by an unlock or another leaver. That thread
      // may have been preempted, and need this CPU: so this is a sleep, each
      // time a longer one. It ends when the worker is popped.
      if (self->semaphore.sleep(P::now() + patience)) return false;
      patience = std::min(2 * patience, P::kLongestNapNs);
      word = word_.load(std::memory_order_acquire);
    } else {
      // Perhaps the list is empty by now: the word has no generation then.
      const Word mine = word_of(head_of(word), (word & kFlags) | kQueue);
      // acquire: pairs with the releases of pushers and of disown_queue().
      if (word_.compare_exchange_weak(word, mine, std::memory_order_acquire)) {
        word = mine;
        return true;
      }
    }
  }
}

// Unlinks a waiter whose time is up. False if it was popped before, and has
// consumed its wakeup. The caller then tries the mutex once more: it may have
// been released to nobody else.
template <class P>
bool BasicSemaMutex<P>::leave(Worker* self) {
  // The word is this process's: this thread has made it so.
  Word word = 0;
  if (!own_queue(self, word)) return false;
  bool found = false;
  while (head_of(word) == self && !found) {
    // acq_rel: a push in between fails the CAS and is then walked over.
    found = word_.compare_exchange_weak(
        word, word_of(self->next_waiter, word & kFlags),
        std::memory_order_acq_rel, std::memory_order_acquire);
  }
  if (!found) {
    // Pushes that happen now go in front of this head, so self, if it is
    // here at all, has a predecessor that stays.
    word = word_.load(std::memory_order_acquire);
    for (Worker* w = head_of(word); w != nullptr && !found;
         w = w->next_waiter) {
      if (w->next_waiter == self) {
        w->next_waiter = static_cast<Worker*>(self->next_waiter);
        found = true;
      }
    }
  }
  disown_queue();
  // Popped in the last moment: the wakeup is on its way to this thread.
  if (!found) self->semaphore.sleep(os::kForever);
  return found;
}

// Clears kQueue. If an unlock left its wake to the holder, passes it on now
// rather than with the unlock of the thread that takes the mutex next.
template <class P>
void BasicSemaMutex<P>::disown_queue() {
  Word word = word_.load(std::memory_order_acquire);
  for (;;) {
    Worker* const head = head_of(word);
    const bool wakes = (word & kLocked) == 0 && head != nullptr;
    const Word next =
        wakes ? word_of(head->next_waiter, 0) : word_of(head, word & kLocked);
    if (word_.compare_exchange_weak(word, next, std::memory_order_acq_rel,
                                    std::memory_order_acquire)) {
      if (wakes) head->semaphore.wakeup();
      return;
    }
  }
}

// The last worker of the list that starts at head, taken off it; null if that
// is head itself.
template <class P>
typename BasicSemaMutex<P>::Worker* BasicSemaMutex<P>::unlink_last(
    Worker* head) {
  Worker* before = head;
  Worker* last = nullptr;
  for (Worker* w = head; Worker* next = w->next_waiter; w = next) {
    before = w;
    last = next;
  }
  if (last != nullptr) before->next_waiter = nullptr;
  return last;
}

template <class P>
PARKWAY_NOINLINE void BasicSemaMutex<P>::unlock_slow() {
  internal::releasing<P>(WaitKind::kMutex, this);
  // First: release outright, or own the list.
  Word word = word_.load(std::memory_order_relaxed);
  for (;;) {
    if ((word & kLocked) == 0) {
      internal::fatal(kName, this, "unlock of an unlocked mutex");
    }
    const Word mine = own(word);
    if (head_of(mine) == nullptr || (mine & kQueue) != 0) {
      // Nobody to wake, or whoever owns the list will see to it.
      // release: pairs with the acquire CAS in take_unlocked() and take().
      if (word_.compare_exchange_weak(word, mine & ~kLocked,
                                      std::memory_order_release,
                                      std::memory_order_relaxed)) {
        return;
      }
    } else if (word_.compare_exchange_weak(word, mine | kQueue,
                                           std::memory_order_acquire,
                                           std::memory_order_relaxed)) {
      word = mine | kQueue;
      break;
    }
  }

  // Then: release, disown and pop in one step, which is the last touch of the
  // mutex. Waiters may be pushed until then; none may leave.
  Worker* oldest = nullptr;
  Worker* const self = P::current_worker();
  if (self != nullptr && ++self->slow_unlocks % kFairWake == 0) {
    oldest = unlink_last(head_of(word));
  }
  for (;;) {
    Worker* const head = head_of(word);
    Worker* const popped = oldest != nullptr ? oldest : head;
    Worker* rest = head;
    if (popped == head) rest = head->next_waiter;
    // acq_rel: releases the critical section, and acquires what pushers that
    // made this CAS fail before have published.
    if (word_.compare_exchange_weak(word, word_of(rest, 0),
                                    std::memory_order_acq_rel,
                                    std::memory_order_acquire)) {
      popped->semaphore.wakeup();
      return;
    }
  }
}

}  // namespace parkway

#endif  // PARKWAY_LOCK_SEMA_MUTEX_SLOW_H_
