// SPDX-License-Identifier: Apache-2.0

// CondVar: a condition variable for every mutex, 8 bytes.
#ifndef PARKWAY_LOCK_COND_VAR_H_
#define PARKWAY_LOCK_COND_VAR_H_

#include <chrono>
#include <cstdint>
#include <type_traits>

#include "parkway/base/deadline.h"
#include "parkway/base/thread_annotations.h"
#include "parkway/wait/address_wait.h"
#include "parkway/wait/wait_platform.h"

namespace parkway {

// Waiters queue first in, first out; a notify takes the oldest and wakes it.
// Works with any mutex that has lock() and unlock(), of parkway or not;
// different waiters may use different mutexes.
//
// A wait never returns spuriously, but other threads may run between the
// notify and the waiter's lock(), so callers loop on their predicate anyway.
// notify_one() and notify_all() make no system call without a waiter. A thread
// that was notified does not touch the CondVar again. Once every wait with
// a deadline and every notify has returned and nobody else waits, it may be
// destroyed. All bits zero = no waiter, trivially destructible, no allocation.
//
// Algorithm: a queue by address (parkway/wait/address_wait.h), as those of
// WebKit's ParkingLot; that a waiter queues before it gives the mutex back is
// as in nsync and Abseil. A notified waiter takes the mutex like anybody else.
//
// The word, as contracts:
//   kWaiters  somebody may wait. Written under the lock of the queue's bucket:
//             set by who queues, cleared by a notify, or a waiter whose time is
//             up, that leaves nobody.
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
    Waiter waiter(this, AddressKind::kCondition);
    enqueue(waiter);
    mutex.unlock();
    const bool notified = internal::wait_until(
        at,
        [&waiter](std::int64_t deadline) { return waiter.sleep(deadline); });
    // It may have been notified in the last moment.
    const bool late = !notified && waiter.cancel();
    if (!notified && !late) tidy();
    const internal::Notified<P> hint;
    mutex.lock();
    return notified || late;
  }

  // Wakes the waiter that has waited longest, if there is one. With or without
  // the mutex held.
  void notify_one() {
    // seq_cst: a waiter that queued before the caller's own change to the
    // shared state must be seen.
    if (word_.load(std::memory_order_seq_cst) != 0) notify_slow(false);
  }

  // Wakes all threads that wait now.
  void notify_all() {
    if (word_.load(std::memory_order_seq_cst) != 0) notify_slow(true);
  }

 private:
  using Waiter = BasicAddressWaiter<P>;

  static constexpr std::uint32_t kWaiters = 1;

  template <class Mutex>
  bool wait_deadline(Mutex& mutex,
                     std::int64_t deadline) PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    Waiter waiter(this, AddressKind::kCondition);
    enqueue(waiter);
    mutex.unlock();
    const bool notified = waiter.commit(deadline);
    if (!notified) tidy();
    const internal::Notified<P> hint;
    mutex.lock();
    return notified;
  }

  // In cond_var_slow.h; compiled once, in cond_var.cc.
  void enqueue(Waiter& waiter);
  void tidy();
  void notify_slow(bool all);

  // As large as a pointer.
  alignas(8) typename P::template Atomic<std::uint32_t> word_{0};
};

extern template class BasicCondVar<Platform>;

using CondVar = BasicCondVar<Platform>;

static_assert(sizeof(CondVar) == 8);
static_assert(std::is_trivially_destructible_v<CondVar>);

}  // namespace parkway

#endif  // PARKWAY_LOCK_COND_VAR_H_
