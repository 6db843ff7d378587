// SPDX-License-Identifier: Apache-2.0

// RwMutex with many writers: of those that were woken one watches, writers that
// come sleep, and releases leave the queue to the one that is on its way.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <cstring>
#include <memory>
#include <thread>
#include <vector>

#include "parkway/lock/rw_mutex_slow.h"
#include "tests/suites/handoff.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

// A test decides where one that was woken is preempted, and who is urgent.
struct RwWatchPlatform : HandoffPlatform {
  struct Worker {
    RwWaiter<RwWatchPlatform> waiter;
    bool waits;
  };
  static Worker* waits_in_record() noexcept {
    static thread_local Worker worker;
    return &worker;
  }
  static WaitBucket<RwWatchPlatform>& bucket(const void* /*key*/) noexcept {
    static WaitBucket<RwWatchPlatform> all;
    ++looks_at_queues;
    return all;
  }
  static std::int32_t priority() noexcept { return own_priority; }
  static bool starving(std::int64_t, std::uint32_t) noexcept { return false; }

  static void pause() noexcept {
    if (!has_slept) ++pauses;
    Stop(Where::kPolls);
  }
  static void yield() noexcept {
    Stop(Where::kYields);
    HandoffPlatform::yield();
  }
  static bool futexsleep(Atomic<std::uint32_t>& word, std::uint32_t expected,
                         std::int64_t deadline) noexcept {
    has_slept = true;
    return HandoffPlatform::futexsleep(word, expected, deadline);
  }
  static SpinLimits spin_limits() noexcept {
    SpinLimits limits;
    limits.unit_parts = SpinLimits::kParts;
    limits.gaps = SpinLimits::kGaps;
    limits.yields = SpinLimits::kYields;
    return limits;
  }

  enum class Where { kNowhere, kPolls, kYields };
  static void Stop(Where here) {
    if (stops != here || !has_slept) return;
    stopped = true;
    while (preempted) std::this_thread::yield();
  }

  static inline thread_local Where stops = Where::kNowhere;
  static inline thread_local bool has_slept = false;
  static inline thread_local std::int32_t own_priority = 0;
  static inline thread_local int looks_at_queues = 0;
  static inline thread_local int pauses = 0;  // before it has slept
  static inline std::atomic<bool> preempted{false};
  static inline std::atomic<bool> stopped{false};
};

using Mutex = BasicRwMutex<RwWatchPlatform>;
using Where = RwWatchPlatform::Where;

// Waits for the mutex in a thread of its own.
class Writer {
 public:
  explicit Writer(Mutex& mutex, Where stops = Where::kNowhere,
                  std::int32_t priority = 0)
      : thread_([this, &mutex, stops, priority] {
          RwWatchPlatform::stops = stops;
          RwWatchPlatform::own_priority = priority;
          mutex.lock();
          pauses = RwWatchPlatform::pauses;
          served = true;
          mutex.unlock();
        }) {}

  bool WaitAsleep() { return thread_.WaitAsleep(); }
  void Join() { thread_.Join(); }

  std::atomic<int> pauses{0};
  std::atomic<bool> served{false};

 private:
  Thread thread_;
};

// Two wait; the calling thread holds the mutex; the first of them has been
// woken, and has been preempted in its polls or where it yields.
class Woken {
 public:
  explicit Woken(Where where) {
    RwWatchPlatform::preempted = true;
    RwWatchPlatform::stopped = false;
    mutex.lock();
    first = std::make_unique<Writer>(mutex, where);
    EXPECT_TRUE(first->WaitAsleep());
    second = std::make_unique<Writer>(mutex);
    EXPECT_TRUE(second->WaitAsleep());
    {
      const LateWakes late;
      mutex.unlock();
      EXPECT_TRUE(mutex.try_lock());
    }
    while (!RwWatchPlatform::stopped) std::this_thread::yield();
  }
  // With the mutex free.
  ~Woken() {
    RwWatchPlatform::preempted = false;
    first->Join();
    second->Join();
    EXPECT_TRUE(first->served);
    EXPECT_TRUE(second->served);
  }
  Woken(const Woken&) = delete;
  Woken& operator=(const Woken&) = delete;

  Mutex mutex;
  std::unique_ptr<Writer> first;
  std::unique_ptr<Writer> second;
};

// So many wakes that it makes itself.
int WakesOf(Mutex& mutex) {
  std::vector<HandoffPlatform::Wake> wakes;
  HandoffPlatform::held_back = &wakes;
  mutex.unlock();
  HandoffPlatform::held_back = nullptr;
  return static_cast<int>(wakes.size());
}

TEST(RwWatcher, ReleasesLeaveTheQueueToIt) {
  for (const Where where : {Where::kPolls, Where::kYields}) {
    Woken state(where);
    for (int i = 0; i < 3; ++i) {
      const int looks = RwWatchPlatform::looks_at_queues;
      EXPECT_EQ(WakesOf(state.mutex), 0);
      EXPECT_EQ(RwWatchPlatform::looks_at_queues, looks);
      EXPECT_TRUE(state.mutex.try_lock());
      EXPECT_FALSE(state.mutex.try_lock());
    }
    EXPECT_FALSE(state.first->served);
    EXPECT_TRUE(state.second->WaitAsleep());
    state.mutex.unlock();
    // It wakes the second one: see ~Woken().
  }
}

// How often a writer that comes now pauses before it sleeps.
int PausesOfOneThatComes(Woken& state) {
  Writer third(state.mutex);
  EXPECT_TRUE(third.WaitAsleep());
  EXPECT_EQ(WakesOf(state.mutex), 0);
  RwWatchPlatform::preempted = false;
  third.Join();
  return third.pauses;
}

// One that looks is enough: each look takes the word from its owner.
TEST(RwWatcher, WritersThatComeSleepAtOnce) {
  Woken state(Where::kPolls);
  EXPECT_EQ(PausesOfOneThatComes(state), 0);
}

// It may wait for a CPU there, and they are those who look.
TEST(RwWatcher, DoesNotWatchWhileItYields) {
  Woken state(Where::kYields);
  EXPECT_GT(PausesOfOneThatComes(state), 0);
}

// Where nobody sleeps a thread that was woken is one of few, and all look.
TEST(RwWatcher, IsNoneWhereNobodySleeps) {
  RwWatchPlatform::preempted = true;
  RwWatchPlatform::stopped = false;
  Mutex mutex;
  mutex.lock();
  Writer first(mutex, Where::kPolls);
  EXPECT_TRUE(first.WaitAsleep());
  {
    const LateWakes late;
    mutex.unlock();
    EXPECT_TRUE(mutex.try_lock());
  }
  while (!RwWatchPlatform::stopped) std::this_thread::yield();
  Writer second(mutex);
  EXPECT_TRUE(second.WaitAsleep());
  RwWatchPlatform::preempted = false;
  mutex.unlock();
  first.Join();
  second.Join();
  EXPECT_GT(second.pauses, 0);
}

// What is urgent may be what keeps it from its CPU.
TEST(RwWatcher, IsNotReliedOnByAnUrgentThread) {
  Woken state(Where::kPolls);
  Writer urgent(state.mutex, Where::kNowhere, 1);
  EXPECT_TRUE(urgent.WaitAsleep());
  state.mutex.unlock();
  urgent.Join();
  EXPECT_TRUE(urgent.served);
}

// There it is gone, and so is who waits for it.
TEST(RwWatcher, IsForgottenInTheChildOfAFork) {
  if (const char* why = WhyNoFork(Others::kRunning)) GTEST_SKIP() << why;
  Woken state(Where::kPolls);
  EXPECT_EQ(RunInChild([&] {
              state.mutex.unlock();
              std::uint32_t word = 0;
              std::memcpy(&word, static_cast<const void*>(&state.mutex),
                          sizeof(word));
              return word == 0 ? 0 : 1;
            }),
            0);
  state.mutex.unlock();
}

// Those that wait for a condition are no crowd: they do not want the mutex.
TEST(RwWatcher, IsNoneWhereOthersWaitForConditions) {
  RwWatchPlatform::preempted = true;
  RwWatchPlatform::stopped = false;
  Mutex mutex;
  std::atomic<bool> ready{false};
  const Predicate is_ready = {
      [](const void* flag) {
        return static_cast<const std::atomic<bool>*>(flag)->load();
      },
      [](const void* one, const void* other) { return one == other; }, &ready};
  Thread idle([&] {
    mutex.lock();
    EXPECT_TRUE(mutex.await(is_ready, os::kForever, false));
    mutex.unlock();
  });
  EXPECT_TRUE(idle.WaitAsleep());
  mutex.lock();
  Writer first(mutex, Where::kPolls);
  EXPECT_TRUE(first.WaitAsleep());
  {
    const LateWakes late;
    mutex.unlock();
    EXPECT_TRUE(mutex.try_lock());
  }
  while (!RwWatchPlatform::stopped) std::this_thread::yield();
  Writer second(mutex);
  EXPECT_TRUE(second.WaitAsleep());
  RwWatchPlatform::preempted = false;
  ready = true;
  mutex.unlock();
  first.Join();
  second.Join();
  EXPECT_GT(second.pauses, 0);
}

// It may wait for the very CPU that is given away now.
TEST(RwWatcher, IsNotReliedOnByWhoGoesToSleep) {
  Woken state(Where::kPolls);
  const Predicate never = {
      [](const void* /*context*/) { return false; },
      [](const void* one, const void* other) { return one == other; }, nullptr};
  std::vector<HandoffPlatform::Wake> wakes;
  HandoffPlatform::held_back = &wakes;
  const std::int64_t soon = os::nanotime() + 50 * 1000000;
  EXPECT_FALSE(state.mutex.await(never, soon, false));
  HandoffPlatform::held_back = nullptr;
  EXPECT_EQ(wakes.size(), 1u);
  for (const auto& wake : wakes) {
    HandoffPlatform::futexwakeup(*wake.word, wake.count);
  }
  EXPECT_FALSE(state.first->served);
  state.mutex.unlock();
}

}  // namespace
}  // namespace parkway::test
