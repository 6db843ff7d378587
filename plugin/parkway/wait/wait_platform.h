// SPDX-License-Identifier: Apache-2.0

// Platform, the production policy of every lock: the base layer's part and the
// wait layer's. What the members are for is said in parkway/base/platform.h.
//
// The wait layer adds
//   Worker             semaphore, next_waiter, waiter, waits, slow_unlocks,
//                      held_locks
//   current_worker()   the calling thread's record
//   waits_in_record()  the same for a wait that may use what is in it, or null
//   WaitSemaphore<P>   where a wait sleeps: WorkerSemaphore, or a task's
//                      (parkway/task/task_platform.h)
//   watch_forks()      to be called before a table's lock is taken: the child
//   of
//                      a fork has none of its parent's waiters, nor whoever
//                      held such a lock
//   asymmetric_fence() see parkway/wait/asymmetric_fence.h
//   sleepers_near, announced_near, release, sleepers_after, announce, retract,
//   warn, unwarn, announce_warned, sleep_barrier, kRecheckNs
//                      see parkway/wait/sleepers.h
//   TableLock          what the tables are locked with
//   bucket(key)        see parkway/wait/wait_table.h
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
struct Worker;
template <class P>
class WorkerSemaphore;
template <class P>
class WaitBucket;
template <class P>
class AddressBucket;
template <class P>
class AsymmetricFence;

namespace internal {

// Whether the child of a fork empties the tables of this layer.
inline std::atomic<bool> forks_watched{false};

}  // namespace internal

struct Platform : BasePlatform {
  using Worker = parkway::Worker;
  template <class P>
  using WaitSemaphore = WorkerSemaphore<P>;

  static Worker* current_worker() noexcept;
  static Worker* waits_in_record() noexcept;
  // Once it has returned, for every fork to come. A load when that was done.
  static void watch_forks() noexcept {
    // acquire: pairs with the release in watch_forks_slow().
    if (__builtin_expect(
            !internal::forks_watched.load(std::memory_order_acquire), 0)) {
      watch_forks_slow();
    }
  }
  static AsymmetricFence<Platform>& asymmetric_fence() noexcept;

  // Whether somebody may sleep on `word`. A stale "no" is possible; release()
  // looks again.
  template <class T>
  static bool sleepers_near(const Atomic<T>& word) noexcept {
    return internal::sleeper_slot(&word).load(std::memory_order_relaxed) != 0;
  }
  // Stores 0 with release order as the last access to `word`, then says
  // whether somebody may sleep on it.
  template <class T>
  static bool release(Atomic<T>& word) noexcept {
    const internal::SleeperSlot& slot = internal::sleeper_slot(&word);
    // release: pairs with the acquire CAS that takes the lock next.
    word.store(0, std::memory_order_release);
    // The other half of sleep_barrier(): a fence for the compiler alone.
    compiler_fence();
    return slot.load(std::memory_order_relaxed) != 0;
  }
  // The second look alone, for a release by a read-modify-write. By address.
  template <class T>
  static bool sleepers_after(const Atomic<T>& word) noexcept {
    compiler_fence();
    return sleepers_near(word);
  }
  // From announce() to retract() the thread counts as asleep on the word at
  // that address. relaxed: ordered by sleep_barrier().
  static void announce(const void* word) noexcept {
    internal::sleeper_slot(word).fetch_add(internal::kAnnounced,
                                           std::memory_order_relaxed);
  }
  static void retract(const void* word) noexcept {
    internal::sleeper_slot(word).fetch_sub(internal::kAnnounced,
                                           std::memory_order_relaxed);
  }
  // From warn() to unwarn(), or to announce_warned() and retract(), releases
  // see sleepers_near() as well, but not announced_near(): there is nobody to
  // wake yet, but may be one at any time. relaxed: ordered by the release of
  // the word, if the calling thread makes one afterwards, for all that take it
  // from then on.
  static void warn(const void* word) noexcept {
    internal::sleeper_slot(word).fetch_add(internal::kWarned,
                                           std::memory_order_relaxed);
  }
  static void unwarn(const void* word) noexcept {
    internal::sleeper_slot(word).fetch_sub(internal::kWarned,
                                           std::memory_order_relaxed);
  }
  static void announce_warned(const void* word) noexcept {
    internal::sleeper_slot(word).fetch_sub(
        internal::kWarned - internal::kAnnounced, std::memory_order_relaxed);
  }
  template <class T>
  static bool announced_near(const Atomic<T>& word) noexcept {
    return internal::sleeper_slot(&word).load(std::memory_order_relaxed) %
               internal::kWarned !=
           0;
  }
  // After it returns true, every other thread's release() either has stored
  // its word for all to see, or will see what was announced before. False:
  // this kernel has no such barrier, and the caller must look again every
  // kRecheckNs.
  static bool sleep_barrier() noexcept { return process_barrier(); }
  static constexpr std::int64_t kRecheckNs = 1000000;

  using TableLock = WordLock;
  static WaitBucket<Platform>& bucket(const void* key) noexcept;
  static AddressBucket<Platform>& address_bucket(const void* address) noexcept;

 private:
  [[gnu::cold]] static void watch_forks_slow() noexcept;
};

}  // namespace parkway

#endif  // PARKWAY_WAIT_WAIT_PLATFORM_H_
