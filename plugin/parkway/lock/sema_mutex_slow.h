// SPDX-License-Identifier: Apache-2.0

// The cold half of BasicSemaMutex. Included by sema_mutex.cc, the model
// checker and the fault tests, by no header.
#ifndef PARKWAY_LOCK_SEMA_MUTEX_SLOW_H_
#define PARKWAY_LOCK_SEMA_MUTEX_SLOW_H_

#include "parkway/lock/sema_mutex.h"

namespace parkway {

// Takes the mutex if kLocked is clear, whatever else the word holds.
template <class P>
bool BasicSemaMutex<P>::take() {
  std::uintptr_t word = word_.load(std::memory_order_relaxed);
  while ((word & kLocked) == 0) {
    // acquire: pairs with every CAS that clears kLocked.
    if (word_.compare_exchange_weak(word, word | kLocked,
                                    std::memory_order_acquire)) {
      return true;
    }
  }
  return false;
}

template <class P>
[[gnu::noinline]] bool BasicSemaMutex<P>::lock_slow(std::int64_t deadline) {
  for (;;) {
    if (internal::spin_and_yield<P>([this] { return take(); })) return true;
    if (deadline != os::kForever && P::now() >= deadline) return take();

    Worker* const self = P::current_worker();
    std::uintptr_t word = word_.load(std::memory_order_relaxed);
    bool pushed = false;
    while (!pushed && (word & kLocked) != 0) {
      self->next_waiter = head_of(word);
      // release: publishes next_waiter to whoever owns the list next.
      pushed = word_.compare_exchange_weak(
          word, word_of(self) | (word & kFlags), std::memory_order_release);
    }
    if (!pushed) continue;
    // True: somebody popped this worker. The mutex was free at that moment and
    // may be taken by now; go around.
    if (self->semaphore.sleep(deadline)) continue;
    if (leave(self)) return take();
    // Popped in the last moment: the wakeup is on its way to this thread.
    self->semaphore.sleep(os::kForever);
  }
}

// Unlinks a waiter whose time is up. False if it was popped before. The
// caller then tries the mutex once more: it may have been released to nobody
// else.
template <class P>
bool BasicSemaMutex<P>::leave(Worker* self) {
  std::uintptr_t word = word_.load(std::memory_order_relaxed);
  for (;;) {
    if ((word & kQueue) != 0) {
      // Held for a few instructions by an unlock or another leaver, unless
      // that thread is preempted: let it run.
      P::yield();
      word = word_.load(std::memory_order_relaxed);
    } else if (word_.compare_exchange_weak(word, word | kQueue,
                                           std::memory_order_acquire)) {
      // acquire: pairs with the releases of pushers and of disown_queue().
      word |= kQueue;
      break;
    }
  }

  bool found = false;
  while (head_of(word) == self && !found) {
    // acq_rel: a push in between fails the CAS and is then walked over.
    found = word_.compare_exchange_weak(
        word, word_of(self->next_waiter) | (word & kFlags),
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
  return found;
}

// Owner of kQueue only: takes lost workers off the front of the list, so that
// its head is somebody who can be woken. Returns the word.
template <class P>
std::uintptr_t BasicSemaMutex<P>::drop_lost(std::uintptr_t word) {
  for (;;) {
    Worker* const head = head_of(word);
    if (__builtin_expect(head == nullptr || !head->lost, 1)) return word;
    const std::uintptr_t rest = word_of(head->next_waiter) | (word & kFlags);
    if (word_.compare_exchange_weak(word, rest, std::memory_order_acq_rel,
                                    std::memory_order_acquire)) {
      word = rest;
    }
  }
}

// Clears kQueue. If an unlock left its wake to the holder, passes it on now
// rather than with the unlock of the thread that takes the mutex next.
template <class P>
void BasicSemaMutex<P>::disown_queue() {
  std::uintptr_t word = word_.load(std::memory_order_acquire);
  for (;;) {
    word = drop_lost(word);
    Worker* const head = head_of(word);
    if ((word & kLocked) == 0 && head != nullptr) {
      if (word_.compare_exchange_weak(word, word_of(head->next_waiter),
                                      std::memory_order_acq_rel,
                                      std::memory_order_acquire)) {
        head->semaphore.wakeup();
        return;
      }
    } else if (word_.compare_exchange_weak(word, word & ~kQueue,
                                           std::memory_order_acq_rel,
                                           std::memory_order_acquire)) {
      return;
    }
  }
}

// The last worker of the list that starts at head, taken off it; null if that
// is head itself. Lost ones on the way go as well.
template <class P>
typename BasicSemaMutex<P>::Worker* BasicSemaMutex<P>::unlink_last(
    Worker* head) {
  Worker* before = head;
  Worker* last = nullptr;
  for (Worker* w = head; Worker* next = w->next_waiter;) {
    if (next->lost) {
      w->next_waiter = static_cast<Worker*>(next->next_waiter);
    } else {
      before = w;
      last = w = next;
    }
  }
  if (last != nullptr) before->next_waiter = nullptr;
  return last;
}

template <class P>
[[gnu::noinline]] void BasicSemaMutex<P>::unlock_slow() {
  // First: release outright, or own the list.
  std::uintptr_t word = word_.load(std::memory_order_relaxed);
  for (;;) {
    if ((word & kLocked) == 0) {
      internal::fatal(kName, this, "unlock of an unlocked mutex");
    }
    const bool no_waiter = head_of(word) == nullptr;
    if (no_waiter || (word & kQueue) != 0) {
      // Nobody to wake, or whoever owns the list will see to it.
      // release: pairs with the acquire CAS in take_unlocked() and take().
      if (word_.compare_exchange_weak(word, word & ~kLocked,
                                      std::memory_order_release,
                                      std::memory_order_relaxed)) {
        return;
      }
    } else if (word_.compare_exchange_weak(word, word | kQueue,
                                           std::memory_order_acquire,
                                           std::memory_order_relaxed)) {
      word |= kQueue;
      break;
    }
  }

  // Then: release, disown and pop in one step, which is the last touch of the
  // mutex. Waiters may be pushed until then; none may leave.
  word = drop_lost(word);
  Worker* oldest = nullptr;
  if (++P::current_worker()->slow_unlocks % kFairWake == 0 &&
      head_of(word) != nullptr) {
    oldest = unlink_last(head_of(word));
  }
  for (;;) {
    Worker* const head = head_of(word);
    Worker* const popped = oldest != nullptr ? oldest : head;
    const std::uintptr_t rest = popped == head && head != nullptr
                                    ? word_of(head->next_waiter)
                                    : word_of(head);
    // acq_rel: releases the critical section, and acquires what pushers that
    // made this CAS fail before have published.
    if (word_.compare_exchange_weak(word, rest, std::memory_order_acq_rel,
                                    std::memory_order_acquire)) {
      if (popped != nullptr) popped->semaphore.wakeup();
      return;
    }
  }
}

}  // namespace parkway

#endif  // PARKWAY_LOCK_SEMA_MUTEX_SLOW_H_
