// SPDX-License-Identifier: Apache-2.0

// The types of parkway::tbb and, in the other position of the switch, oneTBB's
// own: what a program may rely on with both.
#include <gtest/gtest.h>
#include <oneapi/tbb/parallel_for.h>

#include <atomic>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <type_traits>

#include "parkway/tbb/switched.h"

namespace {

namespace locks = parkway::switched::tbb;

// A fresh thread's view: the holder itself must not try.
template <class Mutex>
bool IsFree(Mutex& m) {
  bool taken = false;
  std::thread([&] {
    typename Mutex::scoped_lock lock;
    taken = lock.try_acquire(m);
  }).join();
  return taken;
}
template <class Mutex>
bool CanTryToRead(Mutex& m) {
  bool taken = false;
  std::thread([&] {
    typename Mutex::scoped_lock lock;
    taken = lock.try_acquire(m, /*write=*/false);
  }).join();
  return taken;
}
// By waiting: oneTBB's queuing_rw_mutex refuses a try beside readers.
template <class Mutex>
void ExpectReadable(Mutex& m) {
  std::thread([&] {
    typename Mutex::scoped_lock lock(m, /*write=*/false);
    EXPECT_FALSE(lock.is_writer());
  }).join();
}

template <class Mutex>
class TbbMutex : public testing::Test {};
using Mutexes = testing::Types<locks::mutex, locks::spin_mutex,
                               locks::queuing_mutex, locks::rw_mutex,
                               locks::spin_rw_mutex, locks::queuing_rw_mutex>;
TYPED_TEST_SUITE(TbbMutex, Mutexes);

TYPED_TEST(TbbMutex, IsNotCopied) {
  static_assert(!std::is_copy_constructible_v<TypeParam>);
  static_assert(!std::is_copy_assignable_v<TypeParam>);
  using Lock = typename TypeParam::scoped_lock;
  static_assert(!std::is_copy_constructible_v<Lock>);
  static_assert(!std::is_copy_assignable_v<Lock>);
  static_assert(std::is_convertible_v<TypeParam&, Lock>);
  static_assert(!TypeParam::is_recursive_mutex);
}

TYPED_TEST(TbbMutex, ScopedLockHoldsUntilTheEndOfItsScope) {
  TypeParam m{};  // no aggregate: oneTBB's library writes it so
  {
    typename TypeParam::scoped_lock lock(m);
    EXPECT_FALSE(IsFree(m));
  }
  EXPECT_TRUE(IsFree(m));
}

TYPED_TEST(TbbMutex, ScopedLockAcquiresAndReleasesManyTimes) {
  TypeParam a;
  TypeParam b;
  typename TypeParam::scoped_lock lock;
  lock.acquire(a);
  EXPECT_FALSE(IsFree(a));
  lock.release();
  EXPECT_TRUE(IsFree(a));
  lock.acquire(b);
  EXPECT_TRUE(IsFree(a));
  EXPECT_FALSE(IsFree(b));
  lock.release();
  EXPECT_TRUE(IsFree(b));
}

TYPED_TEST(TbbMutex, TryAcquireHoldsOnlyWhenItSaysSo) {
  TypeParam m;
  typename TypeParam::scoped_lock first;
  ASSERT_TRUE(first.try_acquire(m));
  std::thread([&] {
    typename TypeParam::scoped_lock second;
    EXPECT_FALSE(second.try_acquire(m));
    // The destructor of `second` must not release what it does not hold.
  }).join();
  EXPECT_FALSE(IsFree(m));
}

TYPED_TEST(TbbMutex, ExcludesTheTasksOfAParallelFor) {
  TypeParam m;
  long plain = 0;
  constexpr int kTurns = 20000;
  ::tbb::parallel_for(0, kTurns, [&](int) {
    typename TypeParam::scoped_lock lock(m);
    ++plain;
  });
  EXPECT_EQ(plain, kTurns);
}

TYPED_TEST(TbbMutex, ExcludesMoreThreadsThanCpus) {
  TypeParam m;
  long plain = 0;
  constexpr int kThreads = 8;
  constexpr int kTurns = 2000;
  std::thread threads[kThreads];
  for (std::thread& thread : threads) {
    thread = std::thread([&] {
      for (int i = 0; i < kTurns; ++i) {
        typename TypeParam::scoped_lock lock(m);
        ++plain;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(plain, kThreads * kTurns);
}

template <class Mutex>
class TbbLockable : public testing::Test {};
using Lockables = testing::Types<locks::mutex, locks::spin_mutex,
                                 locks::rw_mutex, locks::spin_rw_mutex>;
TYPED_TEST_SUITE(TbbLockable, Lockables);

TYPED_TEST(TbbLockable, LockTryLockUnlock) {
  TypeParam m;
  m.lock();
  EXPECT_FALSE(IsFree(m));
  m.unlock();
  ASSERT_TRUE(m.try_lock());
  EXPECT_FALSE(IsFree(m));
  m.unlock();
  EXPECT_TRUE(IsFree(m));
}

TYPED_TEST(TbbLockable, WorksWithTheStandardGuards) {
  TypeParam m;
  {
    std::lock_guard<TypeParam> guard(m);
    EXPECT_FALSE(IsFree(m));
  }
  std::unique_lock<TypeParam> lock(m, std::try_to_lock);
  EXPECT_TRUE(lock.owns_lock());
  EXPECT_FALSE(IsFree(m));
}

template <class Mutex>
class TbbRwMutex : public testing::Test {};
using RwMutexes = testing::Types<locks::rw_mutex, locks::spin_rw_mutex,
                                 locks::queuing_rw_mutex>;
TYPED_TEST_SUITE(TbbRwMutex, RwMutexes);

TYPED_TEST(TbbRwMutex, ReadersShareWritersDoNot) {
  static_assert(TypeParam::is_rw_mutex);
  TypeParam m;
  typename TypeParam::scoped_lock lock(m, /*write=*/false);
  EXPECT_FALSE(lock.is_writer());
  ExpectReadable(m);
  EXPECT_FALSE(IsFree(m));
  lock.release();
  lock.acquire(m);
  EXPECT_TRUE(lock.is_writer());
  EXPECT_FALSE(CanTryToRead(m));
}

TYPED_TEST(TbbRwMutex, UpgradesAndDowngrades) {
  TypeParam m;
  typename TypeParam::scoped_lock lock(m, /*write=*/false);
  EXPECT_TRUE(lock.upgrade_to_writer());
  EXPECT_TRUE(lock.is_writer());
  EXPECT_FALSE(CanTryToRead(m));
  EXPECT_TRUE(lock.downgrade_to_reader());
  EXPECT_FALSE(lock.is_writer());
  ExpectReadable(m);
  EXPECT_FALSE(IsFree(m));
  lock.release();
  EXPECT_TRUE(IsFree(m));
}

// Two readers that both want to write: at most one is told that nothing
// happened in between, and both get there.
TYPED_TEST(TbbRwMutex, TwoUpgradesDoNotWaitForEachOther) {
  constexpr int kRounds = 500;
  TypeParam m;
  long value = 0;
  const auto add = [&] {
    for (int i = 0; i < kRounds; ++i) {
      typename TypeParam::scoped_lock lock(m, /*write=*/false);
      const long before = value;
      if (lock.upgrade_to_writer()) {
        EXPECT_EQ(value, before);
      }
      ++value;
    }
  };
  std::thread one(add);
  std::thread two(add);
  one.join();
  two.join();
  EXPECT_EQ(value, 2 * kRounds);
}

TEST(TbbSharedLock, WorksWithTheSharedGuard) {
  locks::rw_mutex m;
  std::shared_lock<locks::rw_mutex> lock(m);
  ExpectReadable(m);
  EXPECT_FALSE(IsFree(m));
}

TEST(TbbSwitched, FollowsTheTargetItDependsOn) {
  EXPECT_STREQ(locks::kLocks, PARKWAY_TEST_LOCKS);
}

}  // namespace
