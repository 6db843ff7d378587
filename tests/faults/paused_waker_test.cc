// SPDX-License-Identifier: Apache-2.0

// A waker that stops between its store and its wake, for as long as the test
// likes.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <new>
#include <type_traits>
#include <vector>

#include "tests/faults/fault_platform.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

// Of attempts that show nothing, because the waker met nobody asleep: a sleep
// of this platform may have ended just then, for no reason. Far more than it
// takes.
constexpr int kMostAttempts = 100;

// A thread that is held in a wake.
class PausedWaker {
 public:
  // The thread calls before(), and wake() once Hold() is called. Returns when
  // before() has.
  template <class Before, class Wake>
  void Start(Before before, Wake wake) {
    thread_ = std::make_unique<Thread>([this, before, wake] {
      before();
      go_.Pass();
      faults::HoldNextWakeup(&paused_);
      wake();
      if (faults::TakeGate() == nullptr) return;
      // No sleeper, no wake: pass all the same.
      woke_nobody_ = true;
      paused_.Pass();
    });
    go_.AwaitArrival();
  }
  // Returns when the thread is held; false if it had nobody to wake.
  bool Hold() {
    go_.Open();
    paused_.AwaitArrival();
    return !woke_nobody_;
  }
  // Returns when the wake has been made.
  void Wake() {
    paused_.Open();
    thread_->Join();
  }

 private:
  Gate go_;
  Gate paused_;
  // Ordered by the gate.
  bool woke_nobody_ = false;
  std::unique_ptr<Thread> thread_;
};

template <class Mutex>
class PausedOwner : public PausedWaker {
 public:
  explicit PausedOwner(Mutex& mutex) {
    Start([&mutex] { mutex.lock(); }, [&mutex] { mutex.unlock(); });
  }
};

template <class Mutex>
class PausedUnlock : public testing::Test {};
using Mutexes =
    testing::Types<BasicFutexMutex<Barrier>, BasicFutexMutex<NoBarrier>,
                   BasicSemaMutex<Barrier>, BasicByteMutex<Barrier>,
                   BasicByteMutex<NoBarrier>>;
TYPED_TEST_SUITE(PausedUnlock, Mutexes);

TYPED_TEST(PausedUnlock, KeepsNobodyElseOut) {
  bool shown = false;
  for (int i = 0; i < kMostAttempts && !shown; ++i) {
    TypeParam mutex;
    PausedOwner<TypeParam> owner(mutex);
    int turns = 0;
    Thread waiter([&] {
      mutex.lock();
      ++turns;
      mutex.unlock();
    });
    waiter.WaitAsleep();
    shown = owner.Hold();
    // In every way, from several threads, though the sleeper sleeps on.
    int others = 0;
    {
      std::vector<std::unique_ptr<Thread>> all;
      for (int t = 0; t < 3; ++t) {
        all.push_back(std::make_unique<Thread>([&] {
          for (int k = 0; k < 20; ++k) {
            mutex.lock();
            ++others;
            mutex.unlock();
            ASSERT_TRUE(mutex.try_lock_for(hours(1)));
            ++others;
            mutex.unlock();
          }
        }));
      }
    }
    EXPECT_EQ(others, 120);
    owner.Wake();
    waiter.Join();
    EXPECT_EQ(turns, 1);
  }
  EXPECT_TRUE(shown);
}

// The sleeper that the wake is for finds the free mutex when its time is up,
// or is woken by somebody else's unlock: it does not depend on this wake.
//
// With one exception: where sleepers queue, one whose time is up just when an
// unlock has taken it out of the queue stays for its wakeup, and sleeps if the
// unlock has not come to storing it. Rare, so another attempt is to pass.
template <class Mutex>
constexpr bool kQueues = !std::is_same_v<Mutex, BasicFutexMutex<Barrier>> &&
                         !std::is_same_v<Mutex, BasicFutexMutex<NoBarrier>>;

// How many attempts may be such.
template <class Mutex>
constexpr int kMostStuck = kQueues<Mutex> ? 8 : 0;

// False if that is so, as far as one can tell: it has had its `time`, and ten
// seconds more.
template <class Mutex>
bool EndsWithoutItsWake(const std::atomic<bool>& done, milliseconds time) {
  if (!kQueues<Mutex>) return Eventually([&done] { return done.load(); });
  const auto end = steady_clock::now() + time + seconds(10);
  while (!done && steady_clock::now() < end) {
    std::this_thread::sleep_for(milliseconds(1));
  }
  return done;
}

TYPED_TEST(PausedUnlock, TimedSleeperTakesTheFreeMutex) {
  bool shown = false;
  int stuck = 0;
  milliseconds time(100);
  for (int i = 0; i < kMostAttempts && !shown; ++i) {
    TypeParam mutex;
    PausedOwner<TypeParam> owner(mutex);
    bool taken = false;
    std::atomic<bool> done{false};
    Thread waiter([&] {
      taken = mutex.try_lock_for(time);
      if (taken) mutex.unlock();
      done = true;
    });
    waiter.WaitAsleep();
    const bool wakes = owner.Hold();
    const bool alone = EndsWithoutItsWake<TypeParam>(done, time);
    if (!alone) {
      ASSERT_LE(++stuck, kMostStuck<TypeParam>);
      owner.Wake();
    }
    waiter.Join();
    if (!taken) {
      EXPECT_TRUE(mutex.try_lock());
      mutex.unlock();
      // Its time was up before the unlock, on a very slow machine.
      time *= 2;
    }
    owner.Wake();
    shown = wakes && alone && taken;
  }
  EXPECT_TRUE(shown);
}

TYPED_TEST(PausedUnlock, TheMemoryMayBeGoneAndTakenAgain) {
  bool shown = false;
  int stuck = 0;
  for (int i = 0; i < kMostAttempts && !shown; ++i) {
    Page page;
    auto* mutex = new (page.memory()) TypeParam;
    PausedOwner<TypeParam> owner(*mutex);
    std::atomic<bool> done{false};
    // Long enough to be asleep at the unlock, and no wake comes.
    constexpr milliseconds kTime(30);
    Thread waiter([mutex, &done, kTime] {
      while (!mutex->try_lock_for(kTime)) {
      }
      mutex->unlock();
      done = true;
    });
    waiter.WaitAsleep();
    const bool wakes = owner.Hold();
    if (!EndsWithoutItsWake<TypeParam>(done, kTime)) {
      ASSERT_LE(++stuck, kMostStuck<TypeParam>);
      owner.Wake();
      continue;
    }
    waiter.Join();
    page.Revoke();
    page.Restore();
    // A new mutex at the same address, with sleepers of its own, meets the wake
    // that was meant for the old one.
    auto* next = new (page.memory()) TypeParam;
    int turns = 0;
    {
      next->lock();
      std::vector<std::unique_ptr<Thread>> all;
      for (int t = 0; t < 3; ++t) {
        all.push_back(std::make_unique<Thread>([&turns, next] {
          next->lock();
          ++turns;
          next->unlock();
        }));
        all.back()->WaitAsleep();
      }
      owner.Wake();
      for (auto& thread : all) EXPECT_TRUE(thread->WaitAsleep());
      EXPECT_EQ(turns, 0);
      next->unlock();
    }
    EXPECT_EQ(turns, 3);
    EXPECT_TRUE(next->try_lock());
    next->unlock();
    shown = wakes;
  }
  EXPECT_TRUE(shown);
}

template <class P>
class PausedRelease : public testing::Test {};
using Platforms = testing::Types<Barrier, NoBarrier>;
TYPED_TEST_SUITE(PausedRelease, Platforms);

// Writers and readers, with and without conditions, though the chosen waiter
// sleeps on.
TYPED_TEST(PausedRelease, KeepsNobodyElseOut) {
  using Mutex = BasicRwMutex<TypeParam>;
  for (const bool shared : {false, true}) {
    SCOPED_TRACE(shared ? "a reader sleeps" : "a writer sleeps");
    bool shown = false;
    for (int i = 0; i < kMostAttempts && !shown; ++i) {
      Mutex mutex;
      PausedOwner<Mutex> paused(mutex);
      int turns = 0;
      Thread waiter([&] {
        shared ? mutex.lock_shared() : mutex.lock();
        ++turns;
        shared ? mutex.unlock_shared() : mutex.unlock();
      });
      waiter.WaitAsleep();
      shown = paused.Hold();
      int others = 0;
      const auto even = [&others] { return others % 2 == 0; };
      const Predicate until = {
          [](const void* c) { return (*static_cast<decltype(&even)>(c))(); },
          [](const void* a, const void* b) { return a == b; }, &even};
      {
        std::vector<std::unique_ptr<Thread>> all;
        for (int t = 0; t < 3; ++t) {
          all.push_back(std::make_unique<Thread>([&] {
            for (int k = 0; k < 20; ++k) {
              mutex.lock();
              ++others;
              mutex.unlock();
              mutex.lock_shared();
              mutex.await(until, os::nanotime() + 1000000, true);
              mutex.unlock_shared();
            }
          }));
        }
      }
      EXPECT_EQ(others, 60);
      paused.Wake();
      waiter.Join();
      EXPECT_EQ(turns, 1);
    }
    EXPECT_TRUE(shown);
  }
}

template <class Note>
class PausedWakeup : public testing::Test {};
using Notes = testing::Types<BasicFutexNote<Barrier>, BasicSemaNote<Barrier>>;
TYPED_TEST_SUITE(PausedWakeup, Notes);

TYPED_TEST(PausedWakeup, TimedSleepSeesTheWakeupAndTheNoteMayGo) {
  bool shown = false;
  for (int i = 0; i < kMostAttempts && !shown; ++i) {
    Page page;
    auto* note = new (page.memory()) TypeParam;
    Thread sleeper([&] {
      // However often it is late: the wakeup is there in the end.
      while (!note->sleep_for(milliseconds(20))) {
      }
      page.Revoke();
    });
    sleeper.WaitAsleep();
    PausedWaker waker;
    waker.Start([] {}, [note] { note->wakeup(); });
    shown = waker.Hold();
    sleeper.Join();
    waker.Wake();
  }
  EXPECT_TRUE(shown);
}

TYPED_TEST(PausedWakeup, LateWakeDoesNotEndTheNextRound) {
  bool shown = false;
  for (int i = 0; i < kMostAttempts && !shown; ++i) {
    TypeParam note;
    Thread sleeper([&] {
      while (!note.sleep_for(milliseconds(20))) {
      }
    });
    sleeper.WaitAsleep();
    PausedWaker waker;
    waker.Start([] {}, [&note] { note.wakeup(); });
    shown = waker.Hold();
    sleeper.Join();
    note.clear();
    std::atomic<bool> woken{false};
    Thread next([&] {
      note.sleep();
      woken = true;
    });
    next.WaitAsleep();
    waker.Wake();
    EXPECT_TRUE(next.WaitAsleep());
    EXPECT_FALSE(woken);
    note.wakeup();
  }
  EXPECT_TRUE(shown);
}

// Timed waiters whose notify is stuck neither return twice nor get lost.
TEST(PausedNotify, TimedWaitersWaitForTheirWake) {
  using Mutex = BasicFutexMutex<Barrier>;
  bool shown = false;
  milliseconds time(200);
  for (int i = 0; i < kMostAttempts && !shown; ++i) {
    Mutex mutex;
    BasicCondVar<Barrier> changed;
    int waiting = 0;
    auto first_end = steady_clock::time_point::max();
    auto last_end = steady_clock::time_point::min();
    std::atomic<int> notified{0};
    std::atomic<int> timed_out{0};
    std::vector<std::unique_ptr<Thread>> all;
    for (int t = 0; t < 3; ++t) {
      all.push_back(std::make_unique<Thread>([&] {
        mutex.lock();
        ++waiting;
        const auto end = steady_clock::now() + time;
        first_end = std::min(first_end, end);
        last_end = std::max(last_end, end);
        ++(changed.wait_until(mutex, end) ? notified : timed_out);
        mutex.unlock();
      }));
    }
    ASSERT_TRUE(Eventually([&] {
      std::lock_guard<Mutex> guard(mutex);
      return waiting == 3;
    }));
    for (auto& thread : all) thread->WaitAsleep();
    PausedWaker notifier;
    notifier.Start([] {}, [&changed] { changed.notify_all(); });
    const bool wakes = notifier.Hold();
    // All three were still on the list when notify_all() cut it off.
    const bool in_time = steady_clock::now() < first_end;
    // While it is stuck, others wait and notify as if nothing was.
    bool waits = false;
    Thread another([&] {
      mutex.lock();
      waits = true;
      changed.wait(mutex);
      mutex.unlock();
    });
    ASSERT_TRUE(Eventually([&] {
      std::lock_guard<Mutex> guard(mutex);
      return waits;
    }));
    changed.notify_one();
    another.Join();
    // Their time comes; who has no wake yet sleeps on.
    ASSERT_TRUE(Eventually([&] { return steady_clock::now() > last_end; }));
    for (auto& thread : all) thread->WaitAsleep();
    if (in_time) {
      EXPECT_EQ(timed_out, 0);
    }
    notifier.Wake();
    for (auto& thread : all) thread->Join();
    EXPECT_EQ(notified + timed_out, 3);
    if (in_time) {
      EXPECT_EQ(notified, 3);
    } else {
      time *= 2;
    }
    shown = wakes && in_time;
  }
  EXPECT_TRUE(shown);
}

}  // namespace
}  // namespace parkway::test
