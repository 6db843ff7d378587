// SPDX-License-Identifier: Apache-2.0

// The cold half of BasicQueuingMutex. Included by queuing_mutex.cc, the model
// checker and the fault tests, by no header.
#ifndef PARKWAY_LOCK_QUEUING_MUTEX_SLOW_H_
#define PARKWAY_LOCK_QUEUING_MUTEX_SLOW_H_

#include "parkway/lock/queuing_mutex.h"
#include "parkway/os/compiler.h"
#include "parkway/profile/contention.h"
#include "parkway/wait/address_wait_slow.h"
#include "parkway/wait/nap.h"
#include "parkway/wait/wait_in_line.h"

namespace parkway {

// Where a 64-bit address has nothing. If one has something there after all, as
// with memory tagging, the tail is not tagged, and a child of a fork may wait
// for threads that it does not have.
inline constexpr unsigned kTagShift = 48;

template <class P>
typename BasicQueuingMutex<P>::Tail BasicQueuingMutex<P>::tagged(
    const Node& node) {
  if constexpr (sizeof(Tail) < 8) {
    return tail_of(node);
  } else {
    const Tail tail = tail_of(node);
    if (tail >> kTagShift != 0) return tail;
    return Tail{P::fork_generation()} << kTagShift | tail | kTagged;
  }
}

template <class P>
typename BasicQueuingMutex<P>::Tail BasicQueuingMutex<P>::untagged(Tail tail) {
  if constexpr (sizeof(Tail) < 8) {
    return tail;
  } else {
    return (tail & kTagged) == 0 ? tail
                                 : tail % (Tail{1} << kTagShift) - kTagged;
  }
}

// Whether a thread that came in another process is the last.
template <class P>
bool BasicQueuingMutex<P>::is_parents(Tail tail) {
  if constexpr (sizeof(Tail) < 8) {
    return false;
  } else {
    return (tail & kTagged) != 0 &&
           tail >> kTagShift !=
               (Tail{P::fork_generation()} << kTagShift) >> kTagShift;
  }
}

template <class P>
PARKWAY_NOINLINE void BasicQueuingMutex<P>::lock_slow(Node& node) {
  node.state.store(kWaiting, std::memory_order_relaxed);
  // acquire: pairs with the release of an unlock() that left the mutex free,
  // and of the predecessor's lock(), for its node. release: the other end.
  const Tail before = tail_.exchange(tagged(node), std::memory_order_acq_rel);
  if (before == 0) {
    node.state.store(kGranted, std::memory_order_relaxed);
  } else if (!is_parents(before)) {
    internal::Waiting<P> waiting(WaitKind::kMutex, this);
    wait_behind(*reinterpret_cast<Node*>(untagged(before)), node);
  } else {
    // The first to wait in this process. If the mutex is a thread's of this
    // process, release_after_fork() wakes this one.
    internal::Seen<P> tools;
    BasicAddressWaiter<P> waiter(this, AddressKind::kQueuingMutex);
    waiter.prepare_if([](bool) { return true; });
    waiter.commit(os::kForever);
    node.state.store(kGranted, std::memory_order_relaxed);
  }
}

template <class P>
void BasicQueuingMutex<P>::wait_behind(Node& before, Node& node) {
  // A guess: whether the one before has the mutex.
  const bool next = before.state.load(std::memory_order_relaxed) == kGranted;
  before.next = &node;
  auto& told = before.told;
  // release: pairs with the acquire in is_told().
  const std::uint32_t was = told.exchange(
      P::fork_generation() * kStates + kTold, std::memory_order_acq_rel);
  // From here on `before` may be gone.
  if (was == kAwaited) P::futexwakeup(told, 1);
  const auto granted = [&node] {
    // acquire: pairs with the release in hand_over().
    return node.state.load(std::memory_order_acquire) == kGranted;
  };
  if (internal::wait_in_line<P>(next, granted)) return;
  std::uint32_t state = kWaiting;
  // acquire: as in granted(), if it fails.
  if (!node.state.compare_exchange_strong(state, kSleeping,
                                          std::memory_order_acquire)) {
    return;
  }
  do {
    P::futexsleep(node.state, kSleeping, os::kForever);
  } while (!granted());
}

// Leaves the mutex free, if nobody has come behind `node`.
template <class P>
bool BasicQueuingMutex<P>::leave(Node& node) {
  Tail tail = tail_.load(std::memory_order_relaxed);
  // release: as in unlock().
  return untagged(tail) == tail_of(node) &&
         tail_.compare_exchange_strong(tail, 0, std::memory_order_release,
                                       std::memory_order_relaxed);
}

template <class P>
bool BasicQueuingMutex<P>::is_told(const Node& node) {
  // acquire: pairs with the release in wait_behind().
  return node.told.load(std::memory_order_acquire) % kStates == kTold;
}

// Somebody has come, or had when the mutex was taken.
template <class P>
PARKWAY_NOINLINE void BasicQueuingMutex<P>::unlock_slow(Node& node) {
  internal::releasing<P>(WaitKind::kMutex, this);
  const auto told = [&] { return is_told(node); };
  if (!told()) {
    if (leave(node)) return;
    // Between two instructions, or preempted there.
    if (!internal::spin_and_yield<P>(told)) {
      if (P::forked()) return release_after_fork(node);
      std::uint32_t expected = 0;
      // acquire: as in is_told(), if it fails.
      if (node.told.compare_exchange_strong(expected, kAwaited,
                                            std::memory_order_acquire)) {
        do {
          P::futexsleep(node.told, kAwaited, os::kForever);
        } while (!told());
      }
    }
  }
  if (node.told.load(std::memory_order_relaxed) / kStates !=
      P::fork_generation()) {
    return release_after_fork(node);
  }
  hand_over(node);
}

template <class P>
void BasicQueuingMutex<P>::hand_over(Node& node) {
  Node* const next = node.next;
  auto& state = next->state;
  // release: pairs with the acquire in wait_behind().
  if (state.exchange(kGranted, std::memory_order_release) == kSleeping) {
    P::futexwakeup(state, 1);
  }
  node.next = nullptr;
  node.told.store(0, std::memory_order_relaxed);
}

// In the child of a fork. Those that had come behind `node` in the parent are
// gone, and their nodes, too: the mutex is handed to the first that has come in
// this process, or left free. That one may be between two instructions: so this
// looks again after naps.
template <class P>
void BasicQueuingMutex<P>::release_after_fork(Node& node) {
  const auto wake_sleeper = [this] {
    internal::Seen<P> tools;
    return BasicAddressWaiter<P>::wake_one(this, AddressKind::kQueuingMutex);
  };
  for (;;) {
    const std::uint32_t told = node.told.load(std::memory_order_acquire);
    if (told == P::fork_generation() * kStates + kTold) return hand_over(node);
    Tail tail = tail_.load(std::memory_order_relaxed);
    // release: as in unlock().
    if ((is_parents(tail) &&
         tail_.compare_exchange_strong(tail, 0, std::memory_order_release,
                                       std::memory_order_relaxed)) ||
        wake_sleeper() != 0) {
      break;
    }
    internal::nap<P>(P::kNapNs);
  }
  node.next = nullptr;
  node.told.store(0, std::memory_order_relaxed);
}

}  // namespace parkway

#endif  // PARKWAY_LOCK_QUEUING_MUTEX_SLOW_H_
