// The Platform policy: all that a lock algorithm touches besides its own word.
//
// Every primitive is a template over it, so that one source runs in three
// worlds: here, under the Relacy model checker (tests/model) and under fault
// injection (tests/faults). A policy supplies
//   Atomic<T>          std::atomic<T>'s members, as far as they are used
//   Plain<T>           a T that only the owner of some lock or list touches;
//                      the model checker reports races on it
//   Worker             semaphore, next_waiter, slow_unlocks, held_locks
//   current_worker()   the calling thread's record
//   futexsleep, futexwakeup, yield, pause, now
//   owner_release, erase_barrier    see parkway/cpu.h
//   spin_limits()      see parkway/spin.h
//   starving(since, losses)  whether a waiter may ask for a handoff
#ifndef PARKWAY_PLATFORM_H_
#define PARKWAY_PLATFORM_H_

#include <atomic>
#include <cstdint>

#include "parkway/cpu.h"
#include "parkway/os/os.h"
#include "parkway/spin.h"

namespace parkway {

struct Worker;
Worker* current_worker() noexcept;

// The production policy.
struct Platform {
  template <class T>
  using Atomic = std::atomic<T>;
  template <class T>
  using Plain = T;
  using Worker = parkway::Worker;

  static Worker* current_worker() noexcept { return parkway::current_worker(); }

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

  static std::uint32_t owner_release(Atomic<std::uint32_t>& word) noexcept {
    return internal::owner_release(word);
  }
  // After it returns true, no owner_release() of another thread that began
  // before it can still erase a write. False: this kernel has no such barrier,
  // and the caller must look again every kRecheckNs.
  static bool erase_barrier() noexcept {
    return !internal::kOwnerReleaseIsOneInstruction || os::process_barrier();
  }
  static constexpr std::int64_t kRecheckNs = 1000000;
};

}  // namespace parkway

#endif  // PARKWAY_PLATFORM_H_
