// SPDX-License-Identifier: Apache-2.0

// Semaphore: a counting semaphore, 8 bytes.
#ifndef PARKWAY_LOCK_SEMAPHORE_H_
#define PARKWAY_LOCK_SEMAPHORE_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "parkway/base/checks.h"
#include "parkway/base/deadline.h"
#include "parkway/wait/address_wait.h"
#include "parkway/wait/wait_platform.h"

namespace parkway {

// Permits that anybody takes and anybody gives, with the interface of C++20's
// std::counting_semaphore. Barges: whoever finds a permit takes it. A waiter
// that has waited for 1 ms and lost the permits that it was woken for four
// times asks for one of its own; the next release() grants it, and nobody else
// can take that.
//
// acquire() and a successful try_acquire*() are acquires, release() is
// a release. Constant-initialised, trivially destructible, no allocation;
// release() does not touch the object after the access that makes the permits
// visible: whoever has got the last permit may destroy it.
//
// Origin: the count and the queue by address are those of Go's sync.runtime
// semaphores (semaroot); the grant is FutexMutex's handoff.
//
// The word, as contracts; a starving waiter is one that has asked:
//   permits     31 bits: for anybody.
//   granted     the next 8: permits for starving waiters only.
//   starving    the next 8: starving waiters without a grant. Raised by the
//               waiter, lowered by the release() that grants, or by the waiter
//               when it gets a permit otherwise or gives up.
//   generation  17 bits: of the process whose waiters the two counts mean
//               (parkway/os/fork_generation.h). In another one nobody
//               starves, and what was granted is for anybody.
// So granted + starving is the number of starving waiters.
template <class P>
class BasicSemaphore {
 public:
  // The most permits there can be; one more is fatal.
  static constexpr std::ptrdiff_t max() { return INT32_MAX; }

  // `permits`: 0 to max(), else fatal.
  constexpr explicit BasicSemaphore(std::ptrdiff_t permits) noexcept
      : word_(static_cast<std::uint64_t>(permits)) {
    if (permits < 0 || permits > max()) {
      internal::fatal(kName, this,
                      "made with more permits than max(), or less than none");
    }
  }
  BasicSemaphore(const BasicSemaphore&) = delete;
  BasicSemaphore& operator=(const BasicSemaphore&) = delete;

  // Takes a permit; waits for one.
  void acquire() {
    if (!try_acquire()) acquire_slow(os::kForever);
  }

  // Takes a permit if there is one; never waits, never fails spuriously.
  bool try_acquire() {
    std::uint64_t word = word_.load(std::memory_order_relaxed);
    while (permits(word) != 0) {
      // acquire: pairs with release().
      if (word_.compare_exchange_weak(word, word - kPermit,
                                      std::memory_order_acquire,
                                      std::memory_order_relaxed)) {
        return true;
      }
    }
    return granted(word) != 0 && try_inherited();
  }

  // Waits at most `timeout`. False if it ran out.
  template <class Rep, class Period>
  bool try_acquire_for(const std::chrono::duration<Rep, Period>& timeout) {
    return try_acquire() || acquire_slow(internal::deadline_after(timeout));
  }

  // Waits until `at`, by at's own clock, at most.
  template <class Clock, class Duration>
  bool try_acquire_until(const std::chrono::time_point<Clock, Duration>& at) {
    return try_acquire() ||
           internal::wait_until(at, [this](std::int64_t deadline) {
             return acquire_slow(deadline);
           });
  }

  // Gives `count` permits, at least 0, and wakes as many that wait.
  void release(std::ptrdiff_t count = 1);

 private:
  static constexpr const char* kName = "Semaphore";
  static constexpr std::uint64_t kPermit = 1;
  static constexpr std::uint64_t kGranted = std::uint64_t{1} << 31;
  static constexpr std::uint64_t kStarving = std::uint64_t{1} << 39;
  static constexpr std::uint64_t kGeneration = std::uint64_t{1} << 47;
  static constexpr std::uint64_t kMostStarving = 0xff;

  static std::uint64_t permits(std::uint64_t word) { return word % kGranted; }
  static std::uint64_t granted(std::uint64_t word) {
    return word % kStarving / kGranted;
  }
  static std::uint64_t starving(std::uint64_t word) {
    return word % kGeneration / kStarving;
  }

  // In semaphore_slow.h; compiled once, in semaphore.cc.
  static std::uint64_t own(std::uint64_t word);
  bool try_inherited();
  bool acquire_slow(std::int64_t deadline);
  bool take_starving();
  bool ask();
  bool leave();

  typename P::template Atomic<std::uint64_t> word_;
};

extern template class BasicSemaphore<Platform>;

using Semaphore = BasicSemaphore<Platform>;

static_assert(sizeof(Semaphore) == 8);
static_assert(std::is_trivially_destructible_v<Semaphore>);

}  // namespace parkway

#endif  // PARKWAY_LOCK_SEMAPHORE_H_
