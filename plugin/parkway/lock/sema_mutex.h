// SPDX-License-Identifier: Apache-2.0

// SemaMutex: the Go runtime's semaphore lock, 8 bytes.
#ifndef PARKWAY_LOCK_SEMA_MUTEX_H_
#define PARKWAY_LOCK_SEMA_MUTEX_H_

#include <chrono>
#include <cstdint>
#include <type_traits>

#include "parkway/base/checks.h"
#include "parkway/base/deadline.h"
#include "parkway/base/held_locks.h"
#include "parkway/base/thread_annotations.h"
#include "parkway/base/tool_annotations.h"
#include "parkway/os/compiler.h"
#include "parkway/wait/wait_platform.h"
#include "parkway/wait/worker.h"
#include "parkway/wait/worker_link.h"

namespace parkway {

// A mutual-exclusion lock for systems whose threads sleep on semaphores. Same
// interface and promises as FutexMutex (parkway/lock/futex_mutex.h); sleepers
// are woken last in, first out, but every 16th wake goes to the one that has
// waited longest.
//
// Algorithm: the semaphore lock of Go's 2011 "unify mutex code across OSes"
// change (Hector Chu's intrusive list of waiting threads): the word is the
// head of a list of sleeping workers with the lock bit in it, and an unlock
// releases the mutex and pops a worker in one CAS. Added: the kQueue bit, for
// waiters that leave on timeout and for the fair wake.
//
// The word, as contracts; what it is made of is in parkway/wait/worker_link.h:
//   kLocked  set by the thread that takes the mutex, cleared by its unlock.
//   kQueue   set by a thread that may then unlink any waiter: the owner in
//            unlock_slow() or a waiter whose time is up. While it is set, only
//            that thread clears list members; others may still push onto the
//            head, take and release the mutex. Whoever clears it and finds the
//            mutex free pops a waiter and wakes it, because an unlock that met
//            kQueue has left that to it.
//   worker   the waiter that came last; the others through next_waiter.
// In the child of a fork all but kLocked means nothing until somebody waits
// there: see own().
template <class P>
class PARKWAY_CAPABILITY("mutex") BasicSemaMutex {
 public:
  constexpr BasicSemaMutex() noexcept { internal::mutex_made<P>(this); }
  BasicSemaMutex(const BasicSemaMutex&) = delete;
  BasicSemaMutex& operator=(const BasicSemaMutex&) = delete;

  // Blocks until the calling thread owns the mutex.
  void lock() PARKWAY_ACQUIRE() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    internal::Acquiring<P> tools(this);
    if (!take_unlocked()) lock_slow(os::kForever);
    internal::count_lock<P>();
  }

  // Takes the mutex if it is free, also past sleeping waiters; never waits.
  bool try_lock() PARKWAY_TRY_ACQUIRE(true) PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    internal::Trying<P> tools(this);
    if (!tools.got(take_unlocked() || take())) return false;
    internal::count_lock<P>();
    return true;
  }

  // Waits at most `timeout`. False if it ran out; zero or less: try_lock().
  template <class Rep, class Period>
  bool try_lock_for(const std::chrono::duration<Rep, Period>& timeout)
      PARKWAY_TRY_ACQUIRE(true) PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    return try_lock() || try_lock_slow(internal::deadline_after(timeout));
  }

  // Waits until `at` at most, by at's own clock.
  template <class Clock, class Duration>
  bool try_lock_until(const std::chrono::time_point<Clock, Duration>& at)
      PARKWAY_TRY_ACQUIRE(true) PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    return try_lock() ||
           internal::wait_until(at, [this](std::int64_t deadline) {
             return try_lock_slow(deadline);
           });
  }

  // Releases the mutex. The calling thread must own it; if nobody does, the
  // program ends (in every build: the check is free).
  void unlock() PARKWAY_RELEASE() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    internal::Releasing<P> tools(this);
    internal::count_unlock<P>(kName, this);
    Word expected = kLocked;
    // release: pairs with the acquire CAS in take_unlocked() and take().
    if (PARKWAY_UNLIKELY(!word_.compare_exchange_strong(
            expected, 0, std::memory_order_release))) {
      unlock_slow();
    }
  }

 private:
  using Worker = typename P::Worker;
  using Link = WorkerLink<P, 2>;
  using Word = typename Link::Word;

  static constexpr const char* kName = "SemaMutex";
  static constexpr Word kLocked = 1;
  static constexpr Word kQueue = 2;
  static constexpr Word kFlags = Link::kFlags;

  // One wake in this many goes to the waiter at the end of the list.
  static constexpr std::uint32_t kFairWake = 16;

  static Worker* head_of(Word word) { return Link::worker(word); }
  // Without waiters and kQueue there is no generation either: so the inline
  // halves know the words of a mutex without waiters.
  static Word word_of(Worker* head, Word flags) {
    return head == nullptr && (flags & kQueue) == 0 ? flags
                                                    : Link::word(head, flags);
  }
  // What the word means in this process.
  static Word own(Word word) {
    return word <= kLocked || Link::is_own(word) ? word : word & kLocked;
  }

  bool take_unlocked() {
    Word expected = 0;
    // acquire: pairs with every CAS that clears kLocked.
    return word_.compare_exchange_strong(expected, kLocked,
                                         std::memory_order_acquire);
  }

  bool try_lock_slow(std::int64_t deadline) {
    internal::Trying<P> tools(this);
    if (!tools.got(lock_slow(deadline))) return false;
    internal::count_lock<P>();
    return true;
  }

  // In sema_mutex_slow.h; compiled once, in sema_mutex.cc.
  bool take();
  bool lock_slow(std::int64_t deadline);
  bool own_queue(Worker* self, Word& word);
  bool leave(Worker* self);
  void unlock_slow();
  static Worker* unlink_last(Worker* head);
  void disown_queue();

  typename P::template Atomic<Word> word_{0};
};

extern template class BasicSemaMutex<Platform>;

using SemaMutex = BasicSemaMutex<Platform>;

static_assert(sizeof(SemaMutex) == 8);
static_assert(std::is_trivially_destructible_v<SemaMutex>);
static_assert(std::is_standard_layout_v<SemaMutex>);

}  // namespace parkway

#endif  // PARKWAY_LOCK_SEMA_MUTEX_H_
