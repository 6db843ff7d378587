// SPDX-License-Identifier: Apache-2.0

// QueuingMutex: a fair lock whose waiters sleep, one pointer.
#ifndef PARKWAY_LOCK_QUEUING_MUTEX_H_
#define PARKWAY_LOCK_QUEUING_MUTEX_H_

#include <cstdint>
#include <type_traits>

#include "parkway/base/checks.h"
#include "parkway/base/held_locks.h"
#include "parkway/base/thread_annotations.h"
#include "parkway/wait/wait_platform.h"
#include "parkway/wait/worker.h"

namespace parkway {

// Threads get it in the order in which they came: nobody barges. Each waits on
// a word of its own, so that waiters do not disturb the owner or each other.
// The price of fairness is the time from an unlock to the moment the next
// waiter runs; a lock that barges would have been taken meanwhile.
//
// Whoever locks brings a Node, which must live, at its place, until it has
// unlocked. lock() and a successful try_lock() are acquires, unlock() is a
// release. Constant-initialised, all bits zero = unlocked, trivially
// destructible, no handle and no allocation. A thread that can lock it may
// destroy it as soon as it has unlocked it again and nobody waits.
//
// Algorithm: the queue lock of Mellor-Crummey and Scott (1991), as
// tbb::queuing_mutex has it; a waiter that has waited for long
// (parkway/wait/wait_in_line.h) sleeps on its node's state as a futex.
template <class P>
class PARKWAY_CAPABILITY("mutex") BasicQueuingMutex {
 public:
  // A place in the queue. Used for one lock() at a time, by any thread. Between
  // two uses it is as it was made.
  class Node {
   public:
    constexpr Node() noexcept = default;
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;

   private:
    friend class BasicQueuingMutex;
    // Set by the next in the queue; cleared by hand_over().
    typename P::template Atomic<Node*> next{nullptr};
    // kGranted   its thread need not wait. Set by its predecessor's unlock(),
    //            from either of the others: that is the last access to the node
    //            but a wake by address.
    // kWaiting   set by its thread before it tells its predecessor.
    // kSleeping  set by its thread, from kWaiting, before it sleeps.
    typename P::template Atomic<std::uint32_t> state{0};
  };

  constexpr BasicQueuingMutex() noexcept = default;
  BasicQueuingMutex(const BasicQueuingMutex&) = delete;
  BasicQueuingMutex& operator=(const BasicQueuingMutex&) = delete;

  // Blocks until all that came before have unlocked.
  void lock(Node& node) PARKWAY_ACQUIRE() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    // acquire: pairs with the release of an unlock() that left the mutex free,
    // and of the predecessor's lock(), for its node. release: the other end.
    Node* const before = tail_.exchange(&node, std::memory_order_acq_rel);
    if (__builtin_expect(before != nullptr, 0)) wait_behind(*before, node);
    internal::count_lock<P>();
  }

  // Takes the mutex if nobody has it; never waits, never fails spuriously.
  bool try_lock(Node& node)
      PARKWAY_TRY_ACQUIRE(true) PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    Node* expected = nullptr;
    // As in lock().
    if (!tail_.compare_exchange_strong(expected, &node,
                                       std::memory_order_acq_rel,
                                       std::memory_order_relaxed)) {
      return false;
    }
    internal::count_lock<P>();
    return true;
  }

  // Hands the mutex to the next in the queue. `node` is the one that it was
  // locked with; it may go or be used again when this returns.
  void unlock(Node& node) PARKWAY_RELEASE() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    if constexpr (kChecks) check_owned();
    internal::count_unlock<P>(kName, this);
    // acquire: pairs with the release in wait_behind().
    Node* next = node.next.load(std::memory_order_acquire);
    if (next == nullptr) {
      Node* expected = &node;
      // release: pairs with the acquire in lock() and try_lock().
      if (__builtin_expect(tail_.compare_exchange_strong(
                               expected, nullptr, std::memory_order_release,
                               std::memory_order_relaxed),
                           1)) {
        return;
      }
    }
    hand_over(node, next);
  }

 private:
  static constexpr const char* kName = "QueuingMutex";

  static constexpr std::uint32_t kGranted = 0;
  static constexpr std::uint32_t kWaiting = 1;
  static constexpr std::uint32_t kSleeping = 2;

  void check_owned() const {
    if (tail_.load(std::memory_order_relaxed) == nullptr) {
      internal::fatal(kName, this, "unlock of an unlocked mutex");
    }
  }

  // In queuing_mutex_slow.h; compiled once, in queuing_mutex.cc.
  static void wait_behind(Node& before, Node& node);
  static void hand_over(Node& node, Node* next);

  // The last that came and has not left; null: unlocked.
  typename P::template Atomic<Node*> tail_{nullptr};
};

extern template class BasicQueuingMutex<Platform>;

using QueuingMutex = BasicQueuingMutex<Platform>;

static_assert(sizeof(QueuingMutex) == sizeof(void*));
static_assert(std::is_trivially_destructible_v<QueuingMutex>);
static_assert(std::is_standard_layout_v<QueuingMutex>);

}  // namespace parkway

#endif  // PARKWAY_LOCK_QUEUING_MUTEX_H_
