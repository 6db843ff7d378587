// SPDX-License-Identifier: Apache-2.0

// Of many waiters one watches and the others rely on it: what that is good for,
// and who does not rely on it.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "parkway/lock/byte_mutex.h"
#include "parkway/lock/cond_var.h"
#include "parkway/lock/futex_mutex_slow.h"
#include "tests/suites/handoff.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

// A test decides how long a watcher is preempted, who starves and who is
// urgent.
struct WatchPlatform : HandoffPlatform {
  static void pause() noexcept { Stop(); }
  static void yield() noexcept {
    Stop();
    HandoffPlatform::yield();
  }
  static bool futexsleep(Atomic<std::uint32_t>& word, std::uint32_t expected,
                         std::int64_t deadline) noexcept {
    ++sleeps;
    const bool in_time = HandoffPlatform::futexsleep(word, expected, deadline);
    has_slept = true;
    return in_time;
  }
  static SpinLimits spin_limits() noexcept {
    SpinLimits limits;
    limits.unit_parts = SpinLimits::kParts;
    limits.gaps = SpinLimits::kGaps;
    return limits;
  }
  static std::int32_t priority() noexcept { return own_priority; }
  static bool starving(std::int64_t, std::uint32_t) noexcept { return starves; }

  static void Stop() {
    if (!stops || !has_slept) return;
    stopped = true;
    while (preempted) std::this_thread::yield();
  }

  static inline std::int64_t kRelyNs = 0;
  static inline thread_local bool stops = false;
  static inline thread_local bool has_slept = false;
  static inline thread_local std::int32_t own_priority = 0;
  static inline std::atomic<int> sleeps{0};
  static inline std::atomic<bool> starves{false};
  static inline std::atomic<bool> preempted{false};
  static inline std::atomic<bool> stopped{false};
};

using Mutex = BasicFutexMutex<WatchPlatform>;

// The calling thread holds the mutex, `watcher` watches, and is preempted.
class Watched {
 public:
  explicit Watched(bool starves,
                   std::chrono::nanoseconds rely = std::chrono::hours(1),
                   const std::function<void(Mutex&)>& before_it_wakes = {}) {
    WatchPlatform::kRelyNs = rely.count();
    WatchPlatform::starves = starves;
    WatchPlatform::preempted = true;
    WatchPlatform::stopped = false;
    mutex.lock();
    watcher = std::make_unique<Thread>([this] {
      WatchPlatform::stops = true;
      mutex.lock();
      served = true;
      mutex.unlock();
    });
    watches = watcher->WaitAsleep();
    if (before_it_wakes) before_it_wakes(mutex);
    {
      const LateWakes late;
      mutex.unlock();
      watches = watches && mutex.try_lock();
    }
    while (watches && !WatchPlatform::stopped) std::this_thread::yield();
  }
  // With the mutex free.
  ~Watched() { LetItCome(); }
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;

  void LetItCome() {
    WatchPlatform::preempted = false;
    watcher->Join();
    EXPECT_TRUE(served);
  }

  Mutex mutex;
  bool watches = false;
  std::atomic<bool> served{false};
  std::unique_ptr<Thread> watcher;
};

// So many wakes that it makes itself.
int WakesOf(Mutex& mutex) {
  std::vector<HandoffPlatform::Wake> wakes;
  HandoffPlatform::held_back = &wakes;
  mutex.unlock();
  HandoffPlatform::held_back = nullptr;
  return static_cast<int>(wakes.size());
}

TEST(Watcher, AnUnlockReliesOnIt) {
  Watched state(false);
  ASSERT_TRUE(state.watches);
  Thread sleeper([&] {
    state.mutex.lock();
    state.mutex.unlock();
  });
  EXPECT_TRUE(sleeper.WaitAsleep());
  EXPECT_EQ(WakesOf(state.mutex), 0);
  // Others barge past both.
  EXPECT_TRUE(state.mutex.try_lock());
  EXPECT_FALSE(state.mutex.try_lock());
  EXPECT_EQ(WakesOf(state.mutex), 0);
  state.mutex.lock();
  EXPECT_EQ(WakesOf(state.mutex), 0);
  EXPECT_TRUE(sleeper.WaitAsleep());
  EXPECT_FALSE(state.served);
  // It wakes the sleeper.
  state.LetItCome();
  sleeper.Join();
}

TEST(Watcher, IsPassedTheLockWhenItStarves) {
  Watched state(true);
  ASSERT_TRUE(state.watches);
  EXPECT_EQ(WakesOf(state.mutex), 0);
  EXPECT_FALSE(state.mutex.try_lock()) << "barged past a starving watcher";
  EXPECT_FALSE(state.served);
  // Who has waited for it in vain takes it.
  state.mutex.lock();
  EXPECT_FALSE(state.served);
  state.mutex.unlock();
}

// It may be kept from its CPU for ever by the very thread that sleeps.
TEST(Watcher, IsNotReliedOnByAnUrgentThread) {
  for (const bool starves : {false, true}) {
    Watched state(starves);
    ASSERT_TRUE(state.watches);
    Thread urgent([&] {
      WatchPlatform::own_priority = 1;
      state.mutex.lock();
      state.mutex.unlock();
    });
    EXPECT_TRUE(urgent.WaitAsleep());
    state.mutex.unlock();
    urgent.Join();
    EXPECT_FALSE(state.served);
  }
}

// Nor when that one has slept before, and is woken while the other one watches.
TEST(Watcher, IsNotReliedOnByAnUrgentThreadThatWakes) {
  Mutex* mutex = nullptr;
  std::atomic<bool> served{false};
  std::unique_ptr<Thread> urgent;
  Watched state(false, std::chrono::hours(1), [&](Mutex& which) {
    mutex = &which;
    urgent = std::make_unique<Thread>([&] {
      WatchPlatform::own_priority = 1;
      mutex->lock();
      served = true;
      mutex->unlock();
    });
    EXPECT_TRUE(urgent->WaitAsleep());
  });
  ASSERT_TRUE(state.watches);
  // For no reason, or for a lock that was here before.
  static_assert(sizeof(*mutex) == sizeof(std::atomic<std::uint32_t>));
  auto* const word = reinterpret_cast<std::atomic<std::uint32_t>*>(mutex);
  const int sleeps = WatchPlatform::sleeps;
  HandoffPlatform::futexwakeup(*word, 1);
  while (WatchPlatform::sleeps == sleeps) std::this_thread::yield();
  EXPECT_TRUE(urgent->WaitAsleep());
  mutex->unlock();
  urgent->Join();
  EXPECT_TRUE(served);
  EXPECT_FALSE(state.served);
}

// Whatever keeps it: perhaps what it is kept by waits for the very mutex.
TEST(Watcher, IsNotReliedOnForEver) {
  for (const bool starves : {false, true}) {
    Watched state(starves, std::chrono::milliseconds(1));
    ASSERT_TRUE(state.watches);
    Thread sleeper([&] {
      state.mutex.lock();
      state.mutex.unlock();
    });
    EXPECT_TRUE(sleeper.WaitAsleep());
    state.mutex.unlock();
    sleeper.Join();
    EXPECT_FALSE(state.served);
  }
}

// There it is gone.
TEST(Watcher, IsNotReliedOnInTheChildOfAFork) {
  if (const char* why = WhyNoFork(Others::kRunning)) GTEST_SKIP() << why;
  for (const bool starves : {false, true}) {
    Watched state(starves);
    ASSERT_TRUE(state.watches);
    EXPECT_EQ(RunInChild([&] {
                Thread sleeper([&] {
                  state.mutex.lock();
                  state.mutex.unlock();
                });
                if (!sleeper.WaitAsleep()) return 1;
                state.mutex.unlock();
                sleeper.Join();
                return state.mutex.try_lock() ? 0 : 2;
              }),
              0);
    // What the parent's owner leaves in the moment of its unlock.
    EXPECT_EQ(RunInChild([&] {
                state.mutex.unlock();
                if (!state.mutex.try_lock()) return 1;
                Thread sleeper([&] {
                  state.mutex.lock();
                  state.mutex.unlock();
                });
                if (!sleeper.WaitAsleep()) return 2;
                state.mutex.unlock();
                sleeper.Join();
                return 0;
              }),
              0);
    EXPECT_EQ(RunInChild([&] {
                state.mutex.unlock();
                state.mutex.lock();
                return state.mutex.try_lock() ? 1 : 0;
              }),
              0);
    state.mutex.unlock();
  }
}

// It may have been ended with its process. Then the word is what it has left.
TEST(Watcher, IsNotReliedOnByThreadsOfAnotherProcess) {
  constexpr unsigned char kWatched = 5;
  SharedByteMutex mutex;
  for (int round = 0; round < 3; ++round) {
    mutex.lock();
    std::memcpy(static_cast<void*>(&mutex), &kWatched, sizeof(mutex));
    Thread waiter([&] {
      mutex.lock();
      mutex.unlock();
    });
    EXPECT_TRUE(waiter.WaitAsleep());
    mutex.unlock();
    waiter.Join();
    EXPECT_TRUE(mutex.try_lock());
    mutex.unlock();
  }
}

// How many threads the first of three wakes that have gone to sleep here.
std::uint32_t WokenByTheFirst(bool notified) {
  WatchPlatform::starves = false;
  Mutex mutex;
  std::atomic<std::uint32_t> first_wakes{0};
  const auto come = [&] {
    if (notified) {
      const internal::Notified<WatchPlatform> hint;
      mutex.lock();
    } else {
      mutex.lock();
    }
    std::vector<HandoffPlatform::Wake> wakes;
    HandoffPlatform::held_back = &wakes;
    mutex.unlock();
    HandoffPlatform::held_back = nullptr;
    for (const auto& wake : wakes) {
      std::uint32_t none = 0;
      first_wakes.compare_exchange_strong(none, wake.count);
      HandoffPlatform::futexwakeup(*wake.word, wake.count);
    }
  };
  mutex.lock();
  std::vector<std::unique_ptr<Thread>> threads;
  for (int i = 0; i < 3; ++i) {
    threads.push_back(std::make_unique<Thread>(come));
    EXPECT_TRUE(threads.back()->WaitAsleep());
  }
  mutex.unlock();
  threads.clear();
  return first_wakes;
}

// Where a condition variable has let them go all at once, and nobody was at the
// mutex when the first one came, all their CPUs may be in deep sleep.
TEST(Crowd, IsWokenByTwos) {
  EXPECT_EQ(WokenByTheFirst(true), 2u);
  EXPECT_EQ(WokenByTheFirst(false), 1u);
}

// Has seen who comes from a condition variable.
struct HintedMutex {
  void lock() { hinted = Platform::spin_history().notified; }
  void unlock() {}
  bool hinted = false;
};

// The hint is for one wait.
TEST(Crowd, ComesFromAConditionVariable) {
  CondVar changed;
  HintedMutex mutex;
  EXPECT_FALSE(changed.wait_for(mutex, std::chrono::nanoseconds(1)));
  EXPECT_TRUE(mutex.hinted);
  EXPECT_FALSE(Platform::spin_history().notified);
  mutex.hinted = false;
  EXPECT_FALSE(
      changed.wait_until(mutex, std::chrono::steady_clock::time_point()));
  EXPECT_TRUE(mutex.hinted);
  EXPECT_FALSE(Platform::spin_history().notified);
}

}  // namespace
}  // namespace parkway::test
