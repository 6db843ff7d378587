// SPDX-License-Identifier: Apache-2.0

// The cold half of BasicSemaphore. Included by semaphore.cc, the model checker
// and the fault tests, by no header.
#ifndef PARKWAY_LOCK_SEMAPHORE_SLOW_H_
#define PARKWAY_LOCK_SEMAPHORE_SLOW_H_

#include <algorithm>

#include "parkway/base/spin.h"
#include "parkway/lock/semaphore.h"
#include "parkway/os/compiler.h"
#include "parkway/profile/contention.h"
#include "parkway/wait/address_wait_slow.h"

namespace parkway {

// Invariants.
//
// (P) If there is a permit and a waiter sleeps, then somebody is awake who has
//     not yet looked for a permit: a waiter that was woken, or a release() on
//     its way to wake one. Who is woken and does not need it wakes another.
// (G) If there is a grant and a starving waiter sleeps, the same of starving
//     waiters.

// What the word means in this process, with its generation.
template <class P>
std::uint64_t BasicSemaphore<P>::own(std::uint64_t word) {
  // Shifted out: the upper bits of a generation that is too long.
  const std::uint64_t generation = P::fork_generation() * kGeneration;
  if (word / kGeneration == generation / kGeneration) return word;
  return generation + std::min(permits(word) + granted(word),
                               static_cast<std::uint64_t>(max()));
}

// try_acquire() where permits may have been granted to waiters of a process
// that this one descends from.
template <class P>
PARKWAY_NOINLINE PARKWAY_COLD bool BasicSemaphore<P>::try_inherited() {
  std::uint64_t word = word_.load(std::memory_order_relaxed);
  for (;;) {
    const std::uint64_t mine = own(word);
    if (permits(mine) == 0) return false;
    // acquire: as in try_acquire().
    if (word_.compare_exchange_weak(word, mine - kPermit,
                                    std::memory_order_acquire,
                                    std::memory_order_relaxed)) {
      return true;
    }
  }
}

template <class P>
PARKWAY_NOINLINE bool BasicSemaphore<P>::acquire_slow(std::int64_t deadline) {
  internal::Waiting<P> waiting(WaitKind::kSemaphore, this);
  using W = BasicAddressWaiter<P>;
  const auto attempt = [this] { return try_acquire(); };
  if (internal::spin_and_yield<P>(attempt)) return true;
  waiting.slept();
  const bool timed = deadline != os::kForever;
  const std::int64_t since = P::now();
  std::uint32_t losses = 0;
  bool starves = false;
  const auto take = [&] { return starves ? take_starving() : try_acquire(); };
  for (;;) {
    if (timed && P::now() >= deadline) return starves && leave();
    if (!starves && losses > 0 && P::starving(since, losses)) starves = ask();
    const AddressKind kind =
        starves ? AddressKind::kStarving : AddressKind::kSemaphore;
    W waiter(this, kind);
    waiter.prepare();
    if (take()) {
      // (P), (G)
      if (waiter.cancel()) W::wake_one(this, kind);
      return true;
    }
    if (!waiter.commit(deadline)) continue;
    if (take()) return true;
    ++losses;
  }
}

// A starving waiter takes a grant, whosesoever, or, if there is none, a permit
// in place of the grant that it no longer asks for.
template <class P>
bool BasicSemaphore<P>::take_starving() {
  std::uint64_t word = word_.load(std::memory_order_relaxed);
  for (;;) {
    std::uint64_t next;
    if (granted(word) != 0) {
      next = word - kGranted;
    } else if (permits(word) != 0) {
      next = word - kStarving - kPermit;
    } else {
      return false;
    }
    // acquire: pairs with release().
    if (word_.compare_exchange_weak(word, next, std::memory_order_acquire,
                                    std::memory_order_relaxed)) {
      return true;
    }
  }
}

// True if the caller is a starving waiter from now on.
template <class P>
bool BasicSemaphore<P>::ask() {
  std::uint64_t word = word_.load(std::memory_order_relaxed);
  for (;;) {
    const std::uint64_t mine = own(word);
    if (starving(mine) + granted(mine) >= kMostStarving) return false;
    // relaxed: publishes nothing but itself.
    if (word_.compare_exchange_weak(word, mine + kStarving,
                                    std::memory_order_relaxed,
                                    std::memory_order_relaxed)) {
      return true;
    }
  }
}

// A starving waiter whose time is up. True: it has got a permit after all.
template <class P>
bool BasicSemaphore<P>::leave() {
  std::uint64_t word = word_.load(std::memory_order_relaxed);
  for (;;) {
    const bool has = granted(word) != 0;
    // acquire: pairs with release().
    if (word_.compare_exchange_weak(word, word - (has ? kGranted : kStarving),
                                    std::memory_order_acquire,
                                    std::memory_order_relaxed)) {
      return has;
    }
  }
}

template <class P>
PARKWAY_NOINLINE void BasicSemaphore<P>::release(std::ptrdiff_t count) {
  using W = BasicAddressWaiter<P>;
  if (count < 0) internal::fatal(kName, this, "release of a negative count");
  internal::releasing<P>(WaitKind::kSemaphore, this);
  const auto given = static_cast<std::uint64_t>(count);
  std::uint64_t grants;
  std::uint64_t mine;
  std::uint64_t word = word_.load(std::memory_order_relaxed);
  do {
    mine = own(word);
    grants = std::min(given, starving(mine));
    if (permits(mine) + (given - grants) > static_cast<std::uint64_t>(max())) {
      internal::fatal(kName, this, "more permits than max()");
    }
    // release: pairs with every way to take one.
  } while (!word_.compare_exchange_weak(
      word, mine - grants * kStarving + grants * kGranted + (given - grants),
      std::memory_order_release, std::memory_order_relaxed));
  // From here on by address only.
  if (!W::may_have_waiters(this)) return;
  for (std::uint64_t i = 0; i < grants; ++i) {
    W::wake_one(this, AddressKind::kStarving);
  }
  for (std::uint64_t i = grants; i < given; ++i) {
    if (W::wake_one(this, AddressKind::kSemaphore) == 0) break;
  }
}

}  // namespace parkway

#endif  // PARKWAY_LOCK_SEMAPHORE_SLOW_H_
