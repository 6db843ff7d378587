// The Platform policy: all that a lock algorithm touches besides its own word.
//
// Every primitive is a template over it, so that one source runs in three
// worlds: here, under the Relacy model checker (tests/model) and under fault
// injection (tests/faults). A policy supplies
//   Atomic<T>          std::atomic<T>'s members, as far as they are used
//   Plain<T>           a T that only the owner of some lock or list touches;
//                      the model checker reports races on it
//   Worker             semaphore, next_waiter, waiter, waits, slow_unlocks,
//                      held_locks
//   current_worker()   the calling thread's record
//   waits_in_record()  the same for a wait that may use what is in it, or null
//   futexsleep, futexwakeup, yield, pause, now
//   MutexWord          what FutexMutex is made of, and its name
//   fence()            full: no access moves past it, a store not even past a
//                      later load
//   compiler_fence()   the same for the compiler alone
//   process_barrier()  a fence() of every other thread, between any two of its
//                      instructions, and of the caller; false if there is none
//   asymmetric_fence() see parkway/asymmetric_fence.h
//   sleepers_near, announced_near, release, announce, retract, warn, unwarn,
//   announce_warned, sleep_barrier
//                      see parkway/sleepers.h
//   spin_limits(), ticks()   see parkway/spin.h
//   TableLock, bucket(key)   see parkway/wait_table.h
//   address_bucket(address)  see parkway/address_wait.h
//   WaitSemaphore<P>   where a wait sleeps: WorkerSemaphore, or a task's
//                      (parkway/task_platform.h)
//   kHeldLocks         whether checked builds count a thread's mutexes
//   Scheduler, Suspension, scheduler_of_caller(), timers_run(), start_timer,
//   stop_timer         see parkway/park.h
//   start_thread       see parkway/blocking_pool.h
//   kPatienceNs        see parkway/wait_in_line.h
//   starving(since, losses)  whether a waiter may ask for a handoff
#ifndef PARKWAY_PLATFORM_H_
#define PARKWAY_PLATFORM_H_

#include <atomic>
#include <cstdint>

#include "parkway/cpu.h"
#include "parkway/os/os.h"
#include "parkway/scheduler.h"
#include "parkway/sleepers.h"
#include "parkway/spin.h"
#include "parkway/task_timer.h"

namespace parkway {

struct Worker;
template <class P>
class WorkerSemaphore;
Worker* current_worker() noexcept;
template <class P>
class BasicFutexMutex;
template <class P>
class WaitBucket;
template <class P>
class AddressBucket;
template <class P>
class AsymmetricFence;

// The production policy.
struct Platform {
  template <class T>
  using Atomic = std::atomic<T>;
  template <class T>
  using Plain = T;
  using Worker = parkway::Worker;
  // FutexMutex's. Another policy may have a futex of another width.
  using MutexWord = std::uint32_t;
  static constexpr const char* kMutexName = "FutexMutex";

  template <class P>
  using WaitSemaphore = WorkerSemaphore<P>;
  static constexpr bool kHeldLocks = true;

  static Worker* current_worker() noexcept { return parkway::current_worker(); }

  static Worker* waits_in_record() noexcept { return current_worker(); }

  static bool futexsleep(Atomic<std::uint32_t>& word, std::uint32_t expected,
                         std::int64_t deadline) noexcept {
    return os::futexsleep(&word, expected, deadline);
  }
  static void futexwakeup(Atomic<std::uint32_t>& word,
                          std::uint32_t count) noexcept {
    os::futexwakeup(&word, count);
  }

  static void yield() noexcept { os::osyield(); }
  static void pause() noexcept { internal::cpu_pause(); }
  static std::uint64_t ticks() noexcept { return internal::cpu_ticks(); }
  static void fence() noexcept { internal::cpu_fence(); }
  static void compiler_fence() noexcept {
    std::atomic_signal_fence(std::memory_order_seq_cst);
  }
  static bool process_barrier() noexcept { return os::process_barrier(); }
  static AsymmetricFence<Platform>& asymmetric_fence() noexcept;
  static std::int64_t now() noexcept { return os::nanotime(); }
  static SpinLimits spin_limits() noexcept {
    return internal::calibrated_spin_limits();
  }

  // A waiter asks for the lock to be handed to it when it has waited for
  // kStarvingNs and has found the lock taken after kStarvingLosses wakes. Time
  // alone would not do: with more threads than CPUs everybody waits for whole
  // time slices, and a handoff to a thread that is not running then leaves a
  // free lock idle.
  static constexpr std::int64_t kStarvingNs = 1000000;
  static constexpr std::uint32_t kStarvingLosses = 4;
  static bool starving(std::int64_t since, std::uint32_t losses) noexcept {
    return losses >= kStarvingLosses && now() - since > kStarvingNs;
  }

  // How long a waiter of a fair lock yields before it sleeps.
  static constexpr std::int64_t kPatienceNs = 250000;

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

  using Scheduler = parkway::Scheduler;
  using Suspension = parkway::Suspension;
  static Scheduler* scheduler_of_caller() noexcept {
    return parkway::scheduler_of_caller();
  }
  static bool timers_run() noexcept { return internal::timers_run(); }
  static void start_timer(BasicTaskTimer<Platform>& timer) noexcept {
    internal::start_timer(timer);
  }
  static void stop_timer(BasicTaskTimer<Platform>& timer) noexcept {
    internal::stop_timer(timer);
  }

  static bool start_thread(void (*function)(void*), void* argument) noexcept {
    return os::start_thread(function, argument);
  }

  using TableLock = BasicFutexMutex<Platform>;
  static WaitBucket<Platform>& bucket(const void* key) noexcept;
  static AddressBucket<Platform>& address_bucket(const void* address) noexcept;
};

}  // namespace parkway

#endif  // PARKWAY_PLATFORM_H_
