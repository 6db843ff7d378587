// SPDX-License-Identifier: Apache-2.0

// CondVar: a condition variable for every mutex, one pointer.
#ifndef PARKWAY_LOCK_COND_VAR_H_
#define PARKWAY_LOCK_COND_VAR_H_

#include <chrono>
#include <cstdint>
#include <type_traits>

#include "parkway/base/checks.h"
#include "parkway/base/deadline.h"
#include "parkway/base/thread_annotations.h"
#include "parkway/wait/wait_platform.h"
#include "parkway/wait/worker_semaphore.h"

namespace parkway {

// Waiters queue first in, first out, each with a semaphore of its own; a notify
// takes the oldest and wakes it. Works with any mutex that has lock() and
// unlock(), of parkway or not; different waiters may use different mutexes.
//
// A wait never returns spuriously, but other threads may run between the
// notify and the waiter's lock(), so callers loop on their predicate anyway.
// notify_one() and notify_all() make no system call without a waiter. A thread
// that was notified does not touch the CondVar again, unless its time had run
// out as well: once every wait with a deadline and every notify has returned
// and nobody else waits, it may be destroyed. All bits zero = no waiter,
// trivially destructible, no allocation.
//
// Algorithm: the intrusive list of nodes on the waiters' stacks under a
// one-bit lock of nsync's and Abseil's condition variables. A notified waiter
// takes the mutex like anybody else; it is not yet moved to the mutex's queue
// while asleep (docs/design/locks.md).
//
// The word, as contracts:
//   kLocked  the list is being read or changed by the thread that set it.
//   the rest the youngest waiter; waiters form a ring through next.
template <class P>
class BasicCondVar {
 public:
  constexpr BasicCondVar() noexcept = default;
  BasicCondVar(const BasicCondVar&) = delete;
  BasicCondVar& operator=(const BasicCondVar&) = delete;

  // Releases `mutex`, which the caller holds, waits for a notify and takes
  // the mutex again. Waiting starts before the release: no notify by a thread
  // that locks the mutex afterwards is missed.
  template <class Mutex>
  void wait(Mutex& mutex) PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    wait_deadline(mutex, os::kForever);
  }

  // wait() until predicate() holds; evaluated with the mutex held.
  template <class Mutex, class Predicate>
  void wait(Mutex& mutex, Predicate predicate) {
    while (!predicate()) wait(mutex);
  }

  // Like wait(), for at most `timeout`. False if it ended by time; the mutex is
  // held again in any case.
  template <class Mutex, class Rep, class Period>
  bool wait_for(Mutex& mutex,
                const std::chrono::duration<Rep, Period>& timeout) {
    return wait_deadline(mutex, internal::deadline_after(timeout));
  }

  // Like wait(), until `at` at most, by at's own clock.
  template <class Mutex, class Clock, class Duration>
  bool wait_until(Mutex& mutex,
                  const std::chrono::time_point<Clock, Duration>& at)
      PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    Node node;
    enqueue(&node);
    mutex.unlock();
    const bool notified =
        internal::wait_until(at,
                             [&node](std::int64_t deadline) {
                               return node.semaphore.sleep(deadline);
                             }) ||
        !leave(&node);
    mutex.lock();
    return notified;
  }

  // Wakes the waiter that has waited longest, if there is one. With or without
  // the mutex held.
  void notify_one() {
    // seq_cst, not relaxed: a waiter that enqueued before the caller's own
    // change to the shared state must be seen.
    if (word_.load(std::memory_order_seq_cst) != 0) notify_slow(1);
  }

  // Wakes all threads that wait now.
  void notify_all() {
    if (word_.load(std::memory_order_seq_cst) != 0) notify_slow(UINT32_MAX);
  }

 private:
  // A waiter, on its own stack. `next` belongs to the list's owner.
  struct alignas(8) Node {
    typename P::template Plain<Node*> next{nullptr};
    typename P::template WaitSemaphore<P> semaphore;
  };

  static constexpr std::uintptr_t kLocked = 1;

  template <class Mutex>
  bool wait_deadline(Mutex& mutex,
                     std::int64_t deadline) PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    Node node;
    enqueue(&node);
    mutex.unlock();
    const bool notified = node.semaphore.sleep(deadline) || !leave(&node);
    mutex.lock();
    return notified;
  }

  // In cond_var_slow.h; compiled once, in cond_var.cc.
  Node* lock_list();
  void unlock_list(Node* youngest);
  void enqueue(Node* node);
  bool leave(Node* node);
  void notify_slow(std::uint32_t count);

  typename P::template Atomic<std::uintptr_t> word_{0};
};

extern template class BasicCondVar<Platform>;

using CondVar = BasicCondVar<Platform>;

static_assert(sizeof(CondVar) == sizeof(void*));
static_assert(std::is_trivially_destructible_v<CondVar>);

}  // namespace parkway

#endif  // PARKWAY_LOCK_COND_VAR_H_
