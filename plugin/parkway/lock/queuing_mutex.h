// SPDX-License-Identifier: Apache-2.0

// QueuingMutex: a fair lock whose waiters sleep, one pointer.
#ifndef PARKWAY_LOCK_QUEUING_MUTEX_H_
#define PARKWAY_LOCK_QUEUING_MUTEX_H_

#include <cstdint>
#include <type_traits>

#include "parkway/base/checks.h"
#include "parkway/base/held_locks.h"
#include "parkway/base/thread_annotations.h"
#include "parkway/base/tool_annotations.h"
#include "parkway/os/compiler.h"
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
// (parkway/wait/wait_in_line.h) sleeps on its node's state as a futex. So does
// an owner that unlocks while the next in the queue, perhaps preempted, has not
// told it yet.
template <class P>
class PARKWAY_CAPABILITY("mutex") BasicQueuingMutex {
 public:
  // A place in the queue. Used for one lock() at a time, by any thread. Between
  // two uses it is as it was made.
  class alignas(8) Node {
   public:
    constexpr Node() noexcept = default;
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;

   private:
    friend class BasicQueuingMutex;
    using Word = typename P::template Atomic<std::uint32_t>;

    // Written by the next in the queue before it tells.
    typename P::template Plain<Node*> next{nullptr};
    // kGranted   its thread need not wait. Set by its predecessor's unlock(),
    //            from either of the others: that is the last access to the node
    //            but a wake by address.
    // kWaiting   set by its thread before it tells its predecessor.
    // kSleeping  set by its thread, from kWaiting, before it sleeps.
    Word state{0};
    // Whether `next` is there:
    // 0          no.
    // kTold      yes. Set by the next in the queue: its last access to the node
    //            but a wake by address. With that one's generation
    //            (parkway/os/fork_generation.h) in the bits above.
    // kAwaited   no, and the owner sleeps for it. Set by the owner, from 0.
    Word told{0};
  };

  constexpr BasicQueuingMutex() noexcept { internal::mutex_made<P>(this); }
  BasicQueuingMutex(const BasicQueuingMutex&) = delete;
  BasicQueuingMutex& operator=(const BasicQueuingMutex&) = delete;

  // Blocks until all that came before have unlocked.
  void lock(Node& node) PARKWAY_ACQUIRE() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    internal::Acquiring<P> tools(this);
    if (!take(node)) lock_slow(node);
    internal::count_lock<P>();
  }

  // Takes the mutex if nobody has it; never waits, never fails spuriously.
  bool try_lock(Node& node)
      PARKWAY_TRY_ACQUIRE(true) PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    internal::Trying<P> tools(this);
    if (!tools.got(take(node))) return false;
    internal::count_lock<P>();
    return true;
  }

  // Hands the mutex to the next in the queue. `node` is the one that it was
  // locked with; it may go or be used again when this returns.
  void unlock(Node& node) PARKWAY_RELEASE() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    internal::Releasing<P> tools(this);
    if constexpr (kChecks) check_owned();
    internal::count_unlock<P>(kName, this);
    Tail expected = tail_of(node);
    // relaxed: 0 is only a guess, which the compare-exchange proves.
    // release: pairs with the acquire in take() and lock_slow().
    if (PARKWAY_UNLIKELY(node.told.load(std::memory_order_relaxed) != 0 ||
                         !tail_.compare_exchange_strong(
                             expected, 0, std::memory_order_release,
                             std::memory_order_relaxed))) {
      unlock_slow(node);
    }
  }

 private:
  static constexpr const char* kName = "QueuingMutex";

  static constexpr std::uint32_t kGranted = 0;
  static constexpr std::uint32_t kWaiting = 1;
  static constexpr std::uint32_t kSleeping = 2;

  static constexpr std::uint32_t kTold = 1;
  static constexpr std::uint32_t kAwaited = 2;
  static constexpr std::uint32_t kStates = 4;

  // The last that came and has not left, as an address; 0: unlocked. Who finds
  // others there adds kTagged and its process's generation, in bits that
  // a user's address does not have: in the child of a fork nobody may touch the
  // node of a thread that is gone.
  using Tail = std::uintptr_t;
  static constexpr Tail kTagged = 1;

  static Tail tail_of(const Node& node) {
    return reinterpret_cast<Tail>(&node);
  }

  bool take(Node& node) {
    Tail expected = 0;
    // acquire: pairs with the release of an unlock() that left the mutex free.
    // release: hands the node to who comes next.
    return tail_.compare_exchange_strong(expected, tail_of(node),
                                         std::memory_order_acq_rel,
                                         std::memory_order_relaxed);
  }

  void check_owned() const {
    if (tail_.load(std::memory_order_relaxed) == 0) {
      internal::fatal(kName, this, "unlock of an unlocked mutex");
    }
  }

  // In queuing_mutex_slow.h; compiled once, in queuing_mutex.cc.
  void lock_slow(Node& node);
  void unlock_slow(Node& node);
  bool leave(Node& node);
  bool is_told(const Node& node);
  void release_after_fork(Node& node);
  static Tail tagged(const Node& node);
  static Tail untagged(Tail tail);
  static bool is_parents(Tail tail);
  static void wait_behind(Node& before, Node& node);
  static void hand_over(Node& node);

  typename P::template Atomic<Tail> tail_{0};
};

extern template class BasicQueuingMutex<Platform>;

using QueuingMutex = BasicQueuingMutex<Platform>;

static_assert(sizeof(QueuingMutex) == sizeof(void*));
static_assert(std::is_trivially_destructible_v<QueuingMutex>);
static_assert(std::is_standard_layout_v<QueuingMutex>);

}  // namespace parkway

#endif  // PARKWAY_LOCK_QUEUING_MUTEX_H_
