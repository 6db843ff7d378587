// SPDX-License-Identifier: Apache-2.0

// Platform, the production policy of every lock: the base layer's part and the
// wait layer's. What the members are for is said in parkway/base/platform.h.
//
// The wait layer adds
//   Worker             semaphore, next_waiter, waiter, waits, slow_unlocks,
//                      held_locks
//   current_worker()   the calling thread's record, or null if there is no
//                      memory for it
//   worker_at(index)   the record with that number
//   priority()         that of the calling thread, as its record has it: up to
//                      a second old
//   waits_in_record()  the same for a wait that may use what is in it, or null
//   WaitSemaphore<P>   where a wait sleeps: WorkerSemaphore, or a task's
//                      (parkway/task/task_platform.h)
//   sleepers_near, release, sleepers_after, calm, announce, announce_held,
//   retract, settled, kSettleNs
//                      see parkway/wait/sleepers.h
//   kOnItsWayNs        how long a waiter of a BasicRwMutex relies on another
//                      one, woken before it came, to take the mutex; 0: not at
//                      all
//   kProfiled          whether its waits are told to the profile; not there: no
//                      (parkway/profile/contention.h)
//   TableLock          what the tables are locked with
//   bucket(key), mark_lists()
//                      see parkway/wait/wait_table.h
//   address_bucket(address)  see parkway/wait/address_wait.h
#ifndef PARKWAY_WAIT_WAIT_PLATFORM_H_
#define PARKWAY_WAIT_WAIT_PLATFORM_H_

#include <atomic>
#include <cstdint>

#include "parkway/base/platform.h"
#include "parkway/wait/sleepers.h"
#include "parkway/wait/word_lock.h"

namespace parkway {

// Each defined by the header of its own name, which whoever calls it includes.
struct KeyMark;
struct Worker;
template <class P>
class WorkerSemaphore;
template <class P>
class WaitBucket;
template <class P>
class AddressBucket;

struct Platform : BasePlatform {
  using Worker = parkway::Worker;
  template <class P>
  using WaitSemaphore = WorkerSemaphore<P>;

  static Worker* current_worker() noexcept;
  static Worker* waits_in_record() noexcept;
  static Worker* worker_at(std::uint32_t index) noexcept;
  static std::int32_t priority() noexcept;

  // Whether somebody may sleep on `word`. A stale "no" is possible; release()
  // looks again.
  template <class T>
  static bool sleepers_near(const Atomic<T>& word) noexcept {
    return sleepers_near(static_cast<const void*>(&word));
  }
  static bool sleepers_near(const void* word) noexcept {
    return !internal::sleeper_slot(word).quiet();
  }
  // Stores 0 with release order as the last access to `word`, then says
  // whether somebody may sleep on it. Only after sleepers_near() was false.
  template <class T>
  static bool release(Atomic<T>& word) noexcept {
    const internal::SleeperSlot& slot = internal::sleeper_slot(&word);
    // release: pairs with the acquire CAS that takes the lock next.
    word.store(0, std::memory_order_release);
    // The other half of the barrier in announce(): a fence for the compiler
    // alone.
    compiler_fence();
    return !slot.quiet();
  }
  // The second look alone, for a release by a read-modify-write, and for other
  // changes. By address.
  static bool sleepers_after(const void* word) noexcept {
    compiler_fence();
    return sleepers_near(word);
  }
  // After a release by read-modify-write which found nobody to wake, although
  // sleepers_near() was true: perhaps the slot can be quiet. By address.
  static void calm(const void* word) noexcept {
    if (internal::barrier_works.load(std::memory_order_relaxed) &&
        internal::sleeper_slot(word).idle()) {
      internal::calm_sleeper_slot(word);
    }
  }

  // From announce() to retract() the thread counts as asleep on the word at
  // that address. After announce() has returned true, every other thread's
  // release() either has stored its word for all to see, or will see a sleeper
  // near. False: the system had such a barrier and has none any more. Then the
  // caller's sleeps end when kSettleNs have passed; it looks again, and calls
  // settled(). A store that was on its way has arrived by then.
  static bool announce(const void* word) noexcept {
    return internal::sleeper_slot(word).enter() ||
           internal::fence_sleeper_slot(word);
  }
  // The same by who holds the word, and releases it later: no barrier, because
  // all that take it from then on see the announcement.
  static void announce_held(const void* word) noexcept {
    internal::sleeper_slot(word).enter();
  }
  static void retract(const void* word) noexcept {
    internal::leave_sleeper_slot(word);
  }
  static void settled(const void* word) noexcept {
    internal::sleeper_slot(word).fenced();
  }
  static constexpr std::int64_t kSettleNs = 1000000;

  // Longer than the slice of 3 ms that a thread waits for its CPU behind one
  // other.
  static constexpr std::int64_t kOnItsWayNs = 4000000;

  // Its waits are in the contention profile (parkway/profile.h).
  static constexpr bool kProfiled = true;

  using TableLock = WordLock;
  static WaitBucket<Platform>& bucket(const void* key) noexcept;
  // 2^kSecondHashBits empty lists that stay for ever, or null.
  static KeyMark** mark_lists() noexcept;
  static AddressBucket<Platform>& address_bucket(const void* address) noexcept;
};

}  // namespace parkway

#endif  // PARKWAY_WAIT_WAIT_PLATFORM_H_
