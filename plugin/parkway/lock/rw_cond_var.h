// SPDX-License-Identifier: Apache-2.0

// RwCondVar: a condition variable for RwMutex, 8 bytes.
#ifndef PARKWAY_LOCK_RW_COND_VAR_H_
#define PARKWAY_LOCK_RW_COND_VAR_H_

#include <cstdint>
#include <type_traits>

#include "parkway/lock/rw_mutex.h"
#include "parkway/wait/wait_platform.h"
#include "parkway/wait/wait_table.h"

namespace parkway {

// A notify moves its waiter to the queue of the mutex when that is held, and
// wakes it when it is not: nobody is woken only to wait again.
//
// Waits in progress at one moment may name different mutexes. Constant-
// initialised, all bits zero = nobody waits, trivially destructible. A waiter
// does not touch it any more once it has been notified, so it may be destroyed
// when every waiter has been, even if they have not returned yet.
//
// Origin: the wait morphing of absl::CondVar and nsync, on
// parkway/wait/wait_table.h. The word is 1 when somebody may wait; written
// under the lock of its bucket.
template <class P>
class BasicRwCondVar {
 public:
  constexpr BasicRwCondVar() noexcept = default;
  BasicRwCondVar(const BasicRwCondVar&) = delete;
  BasicRwCondVar& operator=(const BasicRwCondVar&) = delete;

  // Gives `mutex` back, which the calling thread holds as writer or as reader
  // (`shared`), sleeps until notified or until the deadline (os::nanotime()),
  // holds it again when it returns. False if the time was up and no notify had
  // chosen this waiter. Never returns for no reason.
  bool wait(BasicRwMutex<P>& mutex, bool shared,
            std::int64_t deadline) PARKWAY_NO_THREAD_SAFETY_ANALYSIS;

  // Wakes the waiter that has waited longest, if there is one. What happened
  // before it is visible to the waiter. With or without the mutex held. Returns
  // whether there was one.
  bool notify_one() { return waited_on() && notify(false); }
  // The same for all that wait.
  bool notify_all() { return waited_on() && notify(true); }

  // Whether threads wait. For a destructor's check.
  bool waited_on() const { return word_.load(std::memory_order_relaxed) != 0; }

  // A mark that the object carries for its owner.
  void mark() { mark_.store(1, std::memory_order_relaxed); }
  bool marked() const { return mark_.load(std::memory_order_relaxed) != 0; }

 private:
  using W = RwWaiter<P>;

  const void* key() const { return condition_key(&word_); }
  bool notify(bool all);
  static void deliver(W* chain);

  alignas(8) typename P::template Atomic<std::uint32_t> word_{0};
  typename P::template Atomic<std::uint32_t> mark_{0};
};

extern template class BasicRwCondVar<Platform>;

using RwCondVar = BasicRwCondVar<Platform>;

static_assert(sizeof(RwCondVar) == 8);
static_assert(std::is_trivially_destructible_v<RwCondVar>);

}  // namespace parkway

#endif  // PARKWAY_LOCK_RW_COND_VAR_H_
