// SPDX-License-Identifier: Apache-2.0

#include "parkway/mutex.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <type_traits>
#include <vector>

#include "parkway/lock/byte_mutex.h"
#include "parkway/lock/rw_mutex.h"
#include "tests/suites/handoff.h"
#include "tests/suites/mutex_suite.h"

namespace parkway::test {
namespace {

using Mutexes = testing::Types<FutexMutex, SemaMutex, ByteMutex>;
INSTANTIATE_TYPED_TEST_SUITE_P(Core, MutexSuite, Mutexes);

template <class T>
class MutexFairness : public testing::Test {};
TYPED_TEST_SUITE(MutexFairness, Mutexes);

// Two players hand the mutex to each other, each unlocking only when the other
// one sleeps and never barging. With plain last in, first out the oldest
// sleeper would see none of their unlocks.
TYPED_TEST(MutexFairness, OldestSleeperGetsItsTurnThoughOthersKeepComing) {
  constexpr int kTurns = 100;
  TypeParam mutex;
  std::atomic<bool> served{false};
  std::atomic<int> turns{0};
  std::atomic<bool> ready{false};
  mutex.lock();
  Thread oldest([&] {
    mutex.lock();
    served = true;
    mutex.unlock();
  });
  oldest.WaitAsleep();
  const auto over = [&] { return served || turns >= kTurns; };
  std::unique_ptr<Thread> players[2];
  const auto play = [&](int me) {
    while (!ready) std::this_thread::yield();
    while (!over()) {
      mutex.lock();
      const int mine = ++turns;
      if (!over()) players[1 - me]->WaitAsleep();
      mutex.unlock();
      while (!over() && turns == mine) std::this_thread::yield();
    }
  };
  for (int me = 0; me < 2; ++me) {
    players[me] = std::make_unique<Thread>([&play, me] { play(me); });
  }
  ready = true;
  for (auto& player : players) player->WaitAsleep();
  mutex.unlock();
  for (auto& player : players) player->Join();
  oldest.Join();
  EXPECT_LT(turns, kTurns);
}

using HandoffMutex = BasicFutexMutex<HandoffPlatform>;

TEST(FutexMutex, StarvingWaiterIsHandedTheLock) {
  ExpectHandoff<HandoffMutex>([](HandoffMutex& mutex, const auto& served) {
    mutex.lock();
    served();
    mutex.unlock();
  });
}

TEST(FutexMutex, StarvingWaiterWithADeadlineIsHandedTheLock) {
  ExpectHandoff<HandoffMutex>([](HandoffMutex& mutex, const auto& served) {
    ASSERT_TRUE(mutex.try_lock_for(std::chrono::hours(1)));
    served();
    mutex.unlock();
  });
}

// Counts under the lock, which each thread has found taken, or free meanwhile.
template <class Mutex>
void CountAfterTries() {
  constexpr int kThreads = 4;
  constexpr int kRounds = 20000;
  Mutex mutex;
  int count = 0;
  std::vector<std::unique_ptr<Thread>> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.push_back(std::make_unique<Thread>([&] {
      for (int i = 0; i < kRounds; ++i) {
        if (!mutex.try_lock()) mutex.lock_after_try();
        ++count;
        mutex.unlock();
      }
    }));
  }
  for (auto& thread : threads) thread->Join();
  EXPECT_EQ(count, kThreads * kRounds);
  // Free by now.
  mutex.lock_after_try();
  EXPECT_FALSE(mutex.try_lock());
  mutex.unlock();
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
}

TEST(LockAfterTry, OfAMutex) { CountAfterTries<FutexMutex>(); }
TEST(LockAfterTry, OfAWriter) { CountAfterTries<RwMutex>(); }
TEST(LockAfterTry, OfAReader) {
  RwMutex mutex;
  std::atomic<bool> tried{false};
  mutex.lock();
  Thread reader([&] {
    EXPECT_FALSE(mutex.try_lock_shared());
    tried = true;
    mutex.lock_shared_after_try();
    EXPECT_TRUE(mutex.try_lock_shared());
    EXPECT_FALSE(mutex.try_lock());
    mutex.unlock_shared();
    mutex.unlock_shared();
  });
  while (!tried) std::this_thread::yield();
  reader.WaitAsleep();
  mutex.unlock();
  reader.Join();
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
}

// The alias is one of the two, so a third run of the suite would say nothing.
TEST(Mutex, IsWhatThePlatformPrefers) {
  constexpr bool kFutex = std::is_same_v<Mutex, FutexMutex>;
  constexpr bool kSema = std::is_same_v<Mutex, SemaMutex>;
  EXPECT_EQ(kSema, PARKWAY_USE_SEMA != 0);
  EXPECT_NE(kFutex, kSema);
}

TEST(Mutex, LocksAndUnlocks) {
  Mutex mutex;
  mutex.lock();
  EXPECT_FALSE(IsFree(mutex));
  mutex.unlock();
  EXPECT_TRUE(IsFree(mutex));
}

}  // namespace
}  // namespace parkway::test
