// SPDX-License-Identifier: Apache-2.0

// Locks and notes have no handles of the system's, threads that have slept have
// one event each: the point of the Go change of 2011, whose locks had had an
// event each.
#define WIN32_LEAN_AND_MEAN
#define NOMINMAX
#include <gtest/gtest.h>
#include <windows.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "parkway/base/spin.h"
#include "parkway/lock/futex_mutex.h"
#include "parkway/lock/futex_note.h"
#include "parkway/lock/sema_mutex.h"
#include "parkway/lock/sema_note.h"
#include "tests/suites/support.h"
#include "tests/unit/os/windows/handle_count.h"

namespace parkway::test {
namespace {

template <class M, class N>
struct Locks {
  using Mutex = M;
  using Note = N;
  M mutex;
  N note;
};
using Sets =
    testing::Types<Locks<FutexMutex, FutexNote>, Locks<SemaMutex, SemaNote>>;

// How many may come and go meanwhile: Windows' pool of threads, whose timer is
// the tests' watchdog, starts and ends threads when it likes.
constexpr long kOthers = 8;

// Sleeps once, so that the thread has all that it will ever have.
void SleepOnce() {
  SemaNote note;
  note.sleep_for(std::chrono::milliseconds(1));
  FutexNote other;
  other.sleep_for(std::chrono::milliseconds(1));
}

TEST(HandleCount, SeesAnEvent) {
  const long before = HandleCount();
  ASSERT_GT(before, 0);
  std::vector<HANDLE> events;
  for (int i = 0; i < 100; ++i) {
    events.push_back(CreateEventW(nullptr, FALSE, FALSE, nullptr));
  }
  EXPECT_NEAR(HandleCount(), before + 100, kOthers);
  for (const HANDLE event : events) CloseHandle(event);
  EXPECT_NEAR(HandleCount(), before, kOthers);
}

// Two threads hand on from lock to lock. Of each four, one thread sleeps on the
// notes until the other has found the mutexes locked, and unlocks them when it
// waits, as a rule; each tenth time, when it sleeps.
TEST(Handles, AMillionLocksAndNotesThatWereContendedHaveNone) {
  struct Four {
    Locks<FutexMutex, FutexNote> futex;
    Locks<SemaMutex, SemaNote> sema;
  };
  constexpr std::size_t kFours = 250000;
  // Then a yield lets the other thread run.
  if (!PinToOneCpu()) GTEST_SKIP() << "threads can't be pinned";
  std::unique_ptr<Four[]> fours(new Four[kFours]);
  std::atomic<int> ready{0};
  std::atomic<bool> go{false};
  std::atomic<bool> done{false};
  std::atomic<std::size_t> tried{0};
  std::size_t contended = 0;
  const auto wait = [&](auto& locks) {
    locks.note.wakeup();
    if (!locks.mutex.try_lock()) {
      ++contended;
      ++tried;
      locks.mutex.lock();
    } else {
      ++tried;
    }
    locks.mutex.unlock();
  };
  // The other thread is in lock() after one yield, and asleep after some more.
  std::size_t handed = 0;
  const auto let_wait = [&](auto& locks, std::uint32_t yields) {
    locks.note.sleep();
    ++handed;
    while (tried < handed) std::this_thread::yield();
    for (; yields > 0; --yields) std::this_thread::yield();
    locks.mutex.unlock();
  };
  Thread waiter([&] {
    SleepOnce();
    ++ready;
    while (!go) std::this_thread::yield();
    for (std::size_t i = 0; i < kFours; ++i) {
      wait(fours[i].futex);
      wait(fours[i].sema);
    }
    while (!done) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  });
  SleepOnce();
  for (std::size_t i = 0; i < kFours; ++i) {
    fours[i].futex.mutex.lock();
    fours[i].sema.mutex.lock();
  }
  while (ready != 1) std::this_thread::yield();
  const long before = HandleCount();
  long during = 0;
  go = true;
  for (std::size_t i = 0; i < kFours; ++i) {
    const std::uint32_t yields = i % 10 == 0 ? SpinLimits::kYields + 8 : 1;
    let_wait(fours[i].futex, yields);
    let_wait(fours[i].sema, yields);
    // All the while, not only at the end.
    if (i == kFours / 2) during = HandleCount();
  }
  // They are all still there.
  const long after = HandleCount();
  done = true;
  waiter.Join();
  EXPECT_LE(during, before + kOthers);
  EXPECT_LE(after, before + kOthers);
  // That the numbers mean something.
  EXPECT_EQ(contended, 2 * kFours);
}

template <class T>
class Channels : public testing::Test {};
TYPED_TEST_SUITE(Channels, Sets);

// A channel of one element: a note for who waits, and a mutex.
template <class Set>
class Channel {
 public:
  void Send(int element) {
    {
      const std::lock_guard<typename Set::Mutex> hold(mutex_);
      element_ = element;
    }
    full_.wakeup();
  }
  int Receive() {
    full_.sleep();
    const std::lock_guard<typename Set::Mutex> hold(mutex_);
    return element_;
  }

 private:
  typename Set::Mutex mutex_;
  typename Set::Note full_;
  int element_ = 0;
};

TYPED_TEST(Channels, MadeAndDestroyedOpenNoHandles) {
  constexpr int kChannels = 100000;
  struct Two {
    Channel<TypeParam> there;
    Channel<TypeParam> back;
  };
  std::atomic<Two*> current{nullptr};
  std::atomic<bool> ready{false};
  std::int64_t sum = 0;
  Thread echo([&] {
    SleepOnce();
    ready = true;
    Two* last = nullptr;
    for (int i = 0; i < kChannels / 2; ++i) {
      Two* two;
      while ((two = current) == last) std::this_thread::yield();
      last = two;
      sum += two->there.Receive();
      two->back.Send(i);
    }
  });
  SleepOnce();
  while (!ready) std::this_thread::yield();
  const long before = HandleCount();
  // The one before the current one: it has another address.
  std::unique_ptr<Two> old;
  for (int i = 0; i < kChannels / 2; ++i) {
    auto two = std::make_unique<Two>();
    current = two.get();
    two->there.Send(i);
    EXPECT_EQ(two->back.Receive(), i);
    old = std::move(two);
  }
  const long after = HandleCount();
  echo.Join();
  EXPECT_LE(after, before + kOthers);
  EXPECT_EQ(sum, std::int64_t{kChannels / 2} * (kChannels / 2 - 1) / 2);
}

// One event for each thread that has slept on a semaphore, given back with it.
TEST(Handles, GrowWithThreadsAndShrinkWithThem) {
  SleepOnce();
  constexpr int kThreads = 64;
  const long before = HandleCount();
  for (int round = 0; round < 3; ++round) {
    std::atomic<bool> done{false};
    std::atomic<int> awake{0};
    std::atomic<int> slept{0};
    std::atomic<bool> sleep{false};
    std::vector<std::unique_ptr<Thread>> all;
    for (int i = 0; i < kThreads; ++i) {
      all.push_back(std::make_unique<Thread>([&] {
        ++awake;
        while (!sleep) {
          std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        for (int k = 0; k < 3; ++k) SleepOnce();
        ++slept;
        while (!done) {
          std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
      }));
    }
    ASSERT_TRUE(Eventually([&] { return awake == kThreads; }));
    const long threads = HandleCount();
    sleep = true;
    ASSERT_TRUE(Eventually([&] { return slept == kThreads; }));
    EXPECT_NEAR(HandleCount(), threads + kThreads, kOthers);
    done = true;
    all.clear();
    EXPECT_TRUE(Eventually([&] { return HandleCount() <= before + kOthers; }))
        << HandleCount() << ", before it was " << before;
  }
}

// A thread that never waits has none.
TEST(Handles, NoneWithoutAWait) {
  const long before = HandleCount();
  std::atomic<int> ready{0};
  std::atomic<bool> done{false};
  std::vector<std::unique_ptr<Thread>> all;
  constexpr int kThreads = 32;
  SemaMutex mutexes[kThreads];
  for (SemaMutex& mutex : mutexes) {
    all.push_back(std::make_unique<Thread>([&] {
      ++ready;
      while (ready < kThreads + 1) std::this_thread::yield();
      for (int i = 0; i < 1000; ++i) {
        const std::lock_guard<SemaMutex> hold(mutex);
      }
      SemaNote note;
      note.wakeup();
      note.sleep();
      ++ready;
      while (!done) std::this_thread::yield();
    }));
  }
  ASSERT_TRUE(Eventually([&] { return ready == kThreads; }));
  const long threads = HandleCount();
  EXPECT_GE(threads, before);
  ++ready;
  ASSERT_TRUE(Eventually([&] { return ready == 2 * kThreads + 1; }));
  EXPECT_LE(HandleCount(), threads + kOthers);
  done = true;
}

}  // namespace
}  // namespace parkway::test
