// SPDX-License-Identifier: Apache-2.0

// A waiter that starves is handed the lock.
#ifndef PARKWAY_TESTS_SUITES_HANDOFF_H_
#define PARKWAY_TESTS_SUITES_HANDOFF_H_

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>

#include "parkway/base/platform.h"
#include "tests/suites/support.h"

namespace parkway::test {

// A waiter that has waited for its millisecond, and was woken and lost to
// a barging thread often enough, gets the next unlock to itself. wait(mutex,
// served) locks, calls served() and unlocks.
template <class Mutex, class Wait>
void ExpectHandoff(const Wait& wait) {
  int handoffs = 0;
  for (int attempt = 0; attempt < 500 && handoffs < 5; ++attempt) {
    Mutex mutex;
    std::atomic<bool> served{false};
    mutex.lock();
    Thread waiter([&] { wait(mutex, [&] { served = true; }); });
    if (!waiter.WaitAsleep()) {
      mutex.unlock();
      continue;
    }
    std::this_thread::sleep_for(
        2 * std::chrono::nanoseconds(Platform::kStarvingNs));
    // An attempt in which the waiter was faster shows nothing.
    for (std::uint32_t losses = 0;; ++losses) {
      const bool starving = losses >= Platform::kStarvingLosses;
      mutex.unlock();
      if (!mutex.try_lock()) {
        if (starving) ++handoffs;
        break;
      }
      EXPECT_TRUE(!starving || served) << "barged past a starving waiter";
      if (starving || served || !waiter.WaitAsleep()) {
        mutex.unlock();
        break;
      }
    }
  }
  EXPECT_GT(handoffs, 0);
}

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_SUITES_HANDOFF_H_
