// SPDX-License-Identifier: Apache-2.0

// A waker that stops between its store and its wake, for as long as the test
// likes.
#include <gtest/gtest.h>

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

template <class Mutex>
class PausedOwner {
 public:
  // Locks; once a waiter sleeps, UnlockButDoNotWake() runs into the gate.
  void StartOwner(Mutex& mutex) {
    owner_ = std::make_unique<Thread>([this, &mutex] {
      mutex.lock();
      held_ = true;
      go_.Pass();
      faults::HoldNextWakeup(&paused_);
      mutex.unlock();
      // No sleeper, no wake: pass all the same.
      if (faults::TakeGate() != nullptr) paused_.Pass();
    });
    ASSERT_TRUE(Eventually([this] { return held_.load(); }));
  }
  void UnlockButDoNotWake() {
    go_.Open();
    paused_.AwaitArrival();
  }
  void Wake() {
    paused_.Open();
    owner_->Join();
  }

 private:
  Gate go_;
  Gate paused_;
  std::atomic<bool> held_{false};
  std::unique_ptr<Thread> owner_;
};

template <class Mutex>
class PausedUnlock : public testing::Test, public PausedOwner<Mutex> {};
using Mutexes =
    testing::Types<BasicFutexMutex<Barrier>, BasicFutexMutex<NoBarrier>,
                   BasicSemaMutex<Barrier>, BasicByteMutex<Barrier>,
                   BasicByteMutex<NoBarrier>>;
TYPED_TEST_SUITE(PausedUnlock, Mutexes);

TYPED_TEST(PausedUnlock, KeepsNobodyElseOut) {
  TypeParam mutex;
  this->StartOwner(mutex);
  int turns = 0;
  Thread waiter([&] {
    mutex.lock();
    ++turns;
    mutex.unlock();
  });
  waiter.WaitAsleep();
  this->UnlockButDoNotWake();
  // In every way, from several threads, though the sleeper sleeps on.
  int others = 0;
  {
    std::vector<std::unique_ptr<Thread>> all;
    for (int t = 0; t < 3; ++t) {
      all.push_back(std::make_unique<Thread>([&] {
        for (int i = 0; i < 20; ++i) {
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
  this->Wake();
  waiter.Join();
  EXPECT_EQ(turns, 1);
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

template <class Mutex>
bool EndsWithoutItsWake(const std::atomic<bool>& done) {
  if (!kQueues<Mutex>) return Eventually([&done] { return done.load(); });
  for (int i = 0; i < 3000 && !done; ++i) {
    std::this_thread::sleep_for(milliseconds(1));
  }
  return done;
}

template <class Mutex>
constexpr int kAttempts = kQueues<Mutex> ? 8 : 1;

TYPED_TEST(PausedUnlock, TimedSleeperTakesTheFreeMutex) {
  bool alone = false;
  for (int i = 0; i < kAttempts<TypeParam> && !alone; ++i) {
    PausedOwner<TypeParam> owner;
    TypeParam mutex;
    owner.StartOwner(mutex);
    bool taken = false;
    std::atomic<bool> done{false};
    Thread waiter([&] {
      taken = mutex.try_lock_for(milliseconds(100));
      if (taken) mutex.unlock();
      done = true;
    });
    waiter.WaitAsleep();
    owner.UnlockButDoNotWake();
    alone = EndsWithoutItsWake<TypeParam>(done);
    if (!alone) owner.Wake();
    waiter.Join();
    // False only if its time was up before the unlock, on a very slow machine.
    if (!taken) {
      EXPECT_TRUE(mutex.try_lock());
      mutex.unlock();
    }
    owner.Wake();
  }
  EXPECT_TRUE(alone);
}

TYPED_TEST(PausedUnlock, TheMemoryMayBeGoneAndTakenAgain) {
  bool alone = false;
  for (int i = 0; i < kAttempts<TypeParam> && !alone; ++i) {
    Page page;
    PausedOwner<TypeParam> owner;
    auto* mutex = new (page.memory()) TypeParam;
    owner.StartOwner(*mutex);
    std::atomic<bool> done{false};
    Thread waiter([mutex, &done] {
      // Long enough to be asleep at the unlock, and no wake comes.
      while (!mutex->try_lock_for(milliseconds(30))) {
      }
      mutex->unlock();
      done = true;
    });
    waiter.WaitAsleep();
    owner.UnlockButDoNotWake();
    alone = EndsWithoutItsWake<TypeParam>(done);
    if (!alone) {
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
      std::this_thread::sleep_for(milliseconds(5));
      EXPECT_EQ(turns, 0);
      next->unlock();
    }
    EXPECT_EQ(turns, 3);
    EXPECT_TRUE(next->try_lock());
    next->unlock();
  }
  EXPECT_TRUE(alone);
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
    PausedOwner<Mutex> paused;
    Mutex mutex;
    paused.StartOwner(mutex);
    int turns = 0;
    Thread waiter([&] {
      shared ? mutex.lock_shared() : mutex.lock();
      ++turns;
      shared ? mutex.unlock_shared() : mutex.unlock();
    });
    waiter.WaitAsleep();
    paused.UnlockButDoNotWake();
    int others = 0;
    const auto even = [&others] { return others % 2 == 0; };
    const Predicate until = {
        [](const void* c) { return (*static_cast<decltype(&even)>(c))(); },
        [](const void* a, const void* b) { return a == b; }, &even};
    {
      std::vector<std::unique_ptr<Thread>> all;
      for (int t = 0; t < 3; ++t) {
        all.push_back(std::make_unique<Thread>([&] {
          for (int i = 0; i < 20; ++i) {
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
}

template <class Note>
class PausedWakeup : public testing::Test {};
using Notes = testing::Types<BasicFutexNote<Barrier>, BasicSemaNote<Barrier>>;
TYPED_TEST_SUITE(PausedWakeup, Notes);

TYPED_TEST(PausedWakeup, TimedSleepSeesTheWakeupAndTheNoteMayGo) {
  Page page;
  auto* note = new (page.memory()) TypeParam;
  Gate paused;
  std::atomic<bool> sleeping{false};
  Thread sleeper([&] {
    sleeping = true;
    // However often it is late: the wakeup is there in the end.
    while (!note->sleep_for(milliseconds(20))) {
    }
    page.Revoke();
  });
  sleeper.WaitAsleep();
  Thread waker([&] {
    faults::HoldNextWakeup(&paused);
    note->wakeup();
    if (faults::TakeGate() != nullptr) paused.Pass();
  });
  paused.AwaitArrival();
  sleeper.Join();
  paused.Open();
}

TYPED_TEST(PausedWakeup, LateWakeDoesNotEndTheNextRound) {
  TypeParam note;
  Gate paused;
  Thread sleeper([&] {
    while (!note.sleep_for(milliseconds(20))) {
    }
  });
  sleeper.WaitAsleep();
  Thread waker([&] {
    faults::HoldNextWakeup(&paused);
    note.wakeup();
    if (faults::TakeGate() != nullptr) paused.Pass();
  });
  paused.AwaitArrival();
  sleeper.Join();
  note.clear();
  std::atomic<bool> woken{false};
  Thread next([&] {
    note.sleep();
    woken = true;
  });
  next.WaitAsleep();
  paused.Open();
  waker.Join();
  std::this_thread::sleep_for(milliseconds(5));
  EXPECT_FALSE(woken);
  note.wakeup();
}

// Timed waiters whose notify is stuck neither return twice nor get lost.
TEST(PausedNotify, TimedWaitersWaitForTheirWake) {
  using Mutex = BasicFutexMutex<Barrier>;
  Mutex mutex;
  BasicCondVar<Barrier> changed;
  int waiting = 0;
  std::atomic<int> notified{0};
  std::atomic<int> timed_out{0};
  std::vector<std::unique_ptr<Thread>> all;
  for (int i = 0; i < 3; ++i) {
    all.push_back(std::make_unique<Thread>([&] {
      mutex.lock();
      ++waiting;
      ++(changed.wait_for(mutex, milliseconds(200)) ? notified : timed_out);
      mutex.unlock();
    }));
  }
  ASSERT_TRUE(Eventually([&] {
    std::lock_guard<Mutex> guard(mutex);
    return waiting == 3;
  }));
  for (auto& thread : all) thread->WaitAsleep();
  Gate paused;
  Thread notifier([&] {
    faults::HoldNextWakeup(&paused);
    changed.notify_all();
    if (faults::TakeGate() != nullptr) paused.Pass();
  });
  paused.AwaitArrival();
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
  std::this_thread::sleep_for(milliseconds(250));
  // Whoever was on the list when notify_all() cut it off has been notified.
  const int too_early = timed_out;
  paused.Open();
  for (auto& thread : all) thread->Join();
  EXPECT_EQ(notified, 3 - too_early);
}

}  // namespace
}  // namespace parkway::test
