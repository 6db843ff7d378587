// SPDX-License-Identifier: Apache-2.0

// A waiter that starves is handed the lock.
#ifndef PARKWAY_TESTS_SUITES_HANDOFF_H_
#define PARKWAY_TESTS_SUITES_HANDOFF_H_

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

#include "parkway/lock/futex_mutex_slow.h"
#include "parkway/lock/rw_mutex_slow.h"
#include "parkway/wait/wait_platform.h"
#include "parkway/wait/wait_table.h"
#include "tests/suites/support.h"

namespace parkway::test {

// Platform, whose wakes a test can hold back: so it decides whether a woken
// waiter or a thread that barges is faster.
struct HandoffPlatform : Platform {
  static constexpr bool kHeldLocks = false;
  // Nobody looks by itself: these suites are about what the others do for it.
  static constexpr std::int64_t kOnItsWayNs = std::int64_t{3600} * 1000000000;
  // Never made: waits keep all on the stack.
  struct Worker {
    RwWaiter<HandoffPlatform> waiter;
    bool waits;
  };
  static Worker* waits_in_record() noexcept { return nullptr; }
  static WaitBucket<HandoffPlatform>& bucket(const void* /*key*/) noexcept {
    static WaitBucket<HandoffPlatform> all;
    return all;
  }
  static void futexwakeup(Atomic<std::uint32_t>& word,
                          std::uint32_t count) noexcept {
    if (held_back == nullptr) return Platform::futexwakeup(word, count);
    held_back->push_back({&word, count});
  }

  struct Wake {
    Atomic<std::uint32_t>* word;
    std::uint32_t count;
  };
  // Null: they are made at once.
  static inline thread_local std::vector<Wake>* held_back = nullptr;
};

// The calling thread's wakes come at the end of the scope.
class LateWakes {
 public:
  LateWakes() { HandoffPlatform::held_back = &wakes_; }
  ~LateWakes() {
    HandoffPlatform::held_back = nullptr;
    for (const auto& wake : wakes_) {
      HandoffPlatform::futexwakeup(*wake.word, wake.count);
    }
  }
  LateWakes(const LateWakes&) = delete;
  LateWakes& operator=(const LateWakes&) = delete;

 private:
  std::vector<HandoffPlatform::Wake> wakes_;
};

// A waiter that has waited for its millisecond, and was woken and lost to
// a barging thread often enough, gets the next unlock to itself. wait(mutex,
// served) locks, calls served() and unlocks.
template <class Mutex, class Wait>
void ExpectHandoff(const Wait& wait) {
  for (int round = 0; round < 5; ++round) {
    Mutex mutex;
    std::atomic<bool> served{false};
    mutex.lock();
    Thread waiter([&] { wait(mutex, [&] { served = true; }); });
    EXPECT_TRUE(waiter.WaitAsleep());
    std::this_thread::sleep_for(
        2 * std::chrono::nanoseconds(Platform::kStarvingNs));
    bool held = true;
    for (std::uint32_t losses = 0; held && losses < Platform::kStarvingLosses;
         ++losses) {
      {
        const LateWakes late;
        mutex.unlock();
        held = mutex.try_lock();
      }
      EXPECT_TRUE(held) << "handed over after " << losses << " losses";
      if (!held) break;
      EXPECT_TRUE(waiter.WaitAsleep());
      EXPECT_FALSE(served);
    }
    if (!held) continue;
    {
      const LateWakes late;
      mutex.unlock();
      held = mutex.try_lock();
    }
    EXPECT_FALSE(held) << "barged past a starving waiter";
    if (held) mutex.unlock();
    waiter.Join();
    EXPECT_TRUE(served);
  }
}

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_SUITES_HANDOFF_H_
