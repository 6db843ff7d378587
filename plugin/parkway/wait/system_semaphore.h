// SPDX-License-Identifier: Apache-2.0

// The semaphore of a worker on a system that has semaphores.
#ifndef PARKWAY_WAIT_SYSTEM_SEMAPHORE_H_
#define PARKWAY_WAIT_SYSTEM_SEMAPHORE_H_

#include <atomic>
#include <cstdint>

#include "parkway/os/os.h"

namespace parkway {

// As WorkerSemaphore (parkway/wait/worker_semaphore.h), with the same count_,
// but the owner sleeps on an object of the system's: made when it sleeps for
// the first time, used by all its sleeps, and given back by close().
//
// The object is signalled by the wakeup that finds the owner asleep, and by no
// other; the owner does not return before it has consumed that. So no more than
// one signal is outstanding, as parkway/os/semaphore.h wants it, and the
// semaphore may be gone once its last wakeup has been consumed.
template <class P>
class SystemSemaphore {
 public:
  // Owner only. Waits for a wakeup until `deadline` (os::nanotime()). True if
  // one was consumed; false on timeout.
  bool sleep(std::int64_t deadline) {
    // acquire: pairs with the release in wakeup().
    if (count_.fetch_sub(1, std::memory_order_acquire) != 0) return true;
    // It is an acquire as well, and the signal a release.
    if (P::semasleep(semaphore_, deadline)) return true;
    std::uint32_t expected = kSleeping;
    if (count_.compare_exchange_strong(expected, 0,
                                       std::memory_order_acquire)) {
      return false;
    }
    // The wakeup came after all, and its signal is on its way.
    P::semasleep(semaphore_, os::kForever);
    return true;
  }

  // Owner only, not asleep. Whether a wakeup is there for the next sleep(),
  // which then returns at once. relaxed: sleep() synchronizes.
  bool has_wakeup() const {
    return count_.load(std::memory_order_relaxed) != 0;
  }

  // Any thread.
  void wakeup() {
    // release: pairs with the acquire in sleep().
    if (count_.fetch_add(1, std::memory_order_release) == kSleeping) {
      P::semawakeup(semaphore_);
    }
  }

  // Owner only. Gives back what the system has made; it can be used on.
  void close() { P::semaclose(semaphore_); }

 private:
  static constexpr std::uint32_t kSleeping = UINT32_MAX;

  typename P::template Atomic<std::uint32_t> count_{0};
  typename P::ThreadSemaphore semaphore_;
};

}  // namespace parkway

#endif  // PARKWAY_WAIT_SYSTEM_SEMAPHORE_H_
