// SPDX-License-Identifier: Apache-2.0

// The Platform policy: all that an algorithm touches besides its own words.
//
// Every primitive is a template over it, so that one source runs in three
// worlds: in programs, under the Relacy model checker (tests/model) and under
// fault injection (tests/faults). Each layer adds its own part; a policy for a
// layer has the parts of all layers above it.
//
// base (BasePlatform, here): the processor and the system
//   Atomic<T>          std::atomic<T>'s members, as far as they are used
//   Plain<T>           a T that only the owner of some lock or list touches;
//                      the model checker reports races on it
//   MutexWord          what FutexMutex is made of
//   kMutexName         and what it is called in messages
//   futexsleep, futexwakeup, yield, pause, now, start_thread
//   ThreadSemaphore, semasleep, semawakeup, semaclose   of a system that has
//                      semaphores; see parkway/os/semaphore.h
//   fence()            full: no access moves past it, a store not even past a
//                      later load
//   compiler_fence()   the same for the compiler alone
//   process_barrier()  a fence() of every other thread, between any two of its
//                      instructions, and of the caller; false if there is none
//   fork_generation(), forked()   see parkway/os/fork_generation.h
//   spin_limits(), ticks(), spin_history()   see parkway/base/spin.h
//   kHeldLocks         whether checked builds count a thread's mutexes
//   kPatienceNs        see parkway/wait/wait_in_line.h
//   look_again(since)  when a waiter does that nobody may be able to wake
//   kNapNs, kLongestNapNs    see parkway/wait/nap.h
//   starving(since, losses), kStarvingLosses
//                      whether a waiter may ask for a handoff
//   kRelyNs, kOneProcess     see parkway/lock/futex_mutex_slow.h
// wait (Platform): see parkway/wait/wait_platform.h
// task (ParkPlatform): see parkway/task/park_platform.h
#ifndef PARKWAY_BASE_PLATFORM_H_
#define PARKWAY_BASE_PLATFORM_H_

#include <atomic>
#include <cstdint>

#include "parkway/base/cpu.h"
#include "parkway/base/spin.h"
#include "parkway/os/fork_generation.h"
#include "parkway/os/os.h"
#include "parkway/os/semaphore.h"

namespace parkway {

// The production policy's part of the base layer.
struct BasePlatform {
  template <class T>
  using Atomic = std::atomic<T>;
  template <class T>
  using Plain = T;
  // FutexMutex's. Another policy may have a futex of another width.
  using MutexWord = std::uint32_t;
  static constexpr const char* kMutexName = "FutexMutex";

  static constexpr bool kHeldLocks = true;

  static bool futexsleep(Atomic<std::uint32_t>& word, std::uint32_t expected,
                         std::int64_t deadline) noexcept {
    return os::futexsleep(&word, expected, deadline);
  }
  static void futexwakeup(Atomic<std::uint32_t>& word,
                          std::uint32_t count) noexcept {
    os::futexwakeup(&word, count);
  }

  using ThreadSemaphore = os::ThreadSemaphore;
  static bool semasleep(ThreadSemaphore& semaphore,
                        std::int64_t deadline) noexcept {
    return os::semasleep(&semaphore, deadline);
  }
  static void semawakeup(ThreadSemaphore& semaphore) noexcept {
    os::semawakeup(&semaphore);
  }
  static void semaclose(ThreadSemaphore& semaphore) noexcept {
    os::semaclose(&semaphore);
  }

  static void yield() noexcept { os::osyield(); }
  static void pause() noexcept { internal::cpu_pause(); }
  static std::uint64_t ticks() noexcept { return internal::cpu_ticks(); }
  static void fence() noexcept { internal::cpu_fence(); }
  static void compiler_fence() noexcept {
    std::atomic_signal_fence(std::memory_order_seq_cst);
  }
  static bool process_barrier() noexcept { return os::process_barrier(); }
  static std::int64_t now() noexcept { return os::nanotime(); }
  static std::uint32_t fork_generation() noexcept {
    return internal::fork_generation();
  }
  static bool forked() noexcept { return internal::forked_since_first_use(); }
  static SpinLimits spin_limits() noexcept {
    return internal::calibrated_spin_limits();
  }
  static internal::SpinHistory& spin_history() noexcept {
    return internal::spin_history();
  }

  // A waiter asks for the lock to be handed to it when it has waited for
  // kStarvingNs and has found the lock taken after kStarvingLosses wakes. Time
  // alone would not do: with more threads than CPUs everybody waits for whole
  // time slices, and a handoff to a thread that is not running then leaves a
  // free lock idle. FutexMutex's watcher runs: it asks after kStarvingNs alone.
  static constexpr std::int64_t kStarvingNs = 1000000;
  static constexpr std::uint32_t kStarvingLosses = 4;
  static bool starving(std::int64_t since, std::uint32_t losses) noexcept {
    return losses >= kStarvingLosses && now() - since > kStarvingNs;
  }

  // For how long a thread sleeps at first that relies on another one to watch a
  // mutex (FutexMutex): that one polls for microseconds, if nothing keeps it
  // from its CPU. In that time more than one thread can wait its turn.
  static constexpr std::int64_t kRelyNs = 16000000;
  // Whether who waits and who unlocks are threads of one process.
  static constexpr bool kOneProcess = true;

  // How long a thread sleeps that waits for another one to go through a few
  // instructions (parkway/wait/nap.h): at first, and at most. That other one is
  // probably preempted.
  static constexpr std::int64_t kNapNs = 50000;
  static constexpr std::int64_t kLongestNapNs = 1000000;

  // When a waiter of a mutex looks again by itself (parkway/wait/look_again.h).
  static std::int64_t look_again(std::int64_t /*since*/) noexcept {
    return os::kForever;
  }

  // How long a waiter of a fair lock yields before it sleeps.
  static constexpr std::int64_t kPatienceNs = 250000;

  static bool start_thread(void (*function)(void*), void* argument) noexcept {
    return os::start_thread(function, argument);
  }
};

}  // namespace parkway

#endif  // PARKWAY_BASE_PLATFORM_H_
