// SPDX-License-Identifier: Apache-2.0

// A lock for a few stores, that nobody waits for longer than a while.
#ifndef PARKWAY_PROFILE_TRY_LOCK_H_
#define PARKWAY_PROFILE_TRY_LOCK_H_

#include <atomic>

#include "parkway/base/cpu.h"
#include "parkway/os/os.h"

namespace parkway::internal {

// The profile may not be what a program waits for: where its lock is not to be
// had (the holder is preempted, or was left behind by a fork), nothing is
// noted.
class TryLock {
 public:
  static constexpr int kBriefly = 200;
  // Some milliseconds, with a yield after each look.
  static constexpr int kPatiently = 10000;

  bool enter(int looks) {
    for (; looks > 0; --looks) {
      // acquire: pairs with leave().
      if (!taken_.load(std::memory_order_relaxed) &&
          !taken_.exchange(true, std::memory_order_acquire)) {
        return true;
      }
      if (looks > kBriefly) {
        os::osyield();
      } else {
        cpu_pause();
      }
    }
    return false;
  }
  void leave() {
    // release: pairs with enter().
    taken_.store(false, std::memory_order_release);
  }

 private:
  std::atomic<bool> taken_{false};
};

}  // namespace parkway::internal

#endif  // PARKWAY_PROFILE_TRY_LOCK_H_
