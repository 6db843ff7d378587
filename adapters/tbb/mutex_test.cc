#include "parkway/tbb/mutex.h"

#include <gtest/gtest.h>
#include <oneapi/tbb/mutex.h>
#include <oneapi/tbb/parallel_for.h>

#include <mutex>
#include <thread>
#include <type_traits>

#include "parkway/tbb/switched.h"

namespace {

using parkway::tbb::mutex;

static_assert(!mutex::is_rw_mutex && !mutex::is_recursive_mutex &&
              !mutex::is_fair_mutex);
static_assert(!std::is_copy_constructible_v<mutex> &&
              !std::is_copy_assignable_v<mutex>);
static_assert(!std::is_copy_constructible_v<mutex::scoped_lock>);
static_assert(std::is_trivially_destructible_v<mutex>);
static_assert(sizeof(mutex) == sizeof(parkway::Mutex));

// A fresh thread's view of the lock: the holder itself must not call try_lock.
bool IsFree(mutex& m) {
  bool taken = false;
  std::thread([&] {
    taken = m.try_lock();
    if (taken) {
      m.unlock();
    }
  }).join();
  return taken;
}

TEST(TbbMutex, LockTryLockUnlock) {
  mutex m;
  EXPECT_TRUE(IsFree(m));
  m.lock();
  EXPECT_FALSE(IsFree(m));
  m.unlock();
  ASSERT_TRUE(m.try_lock());
  EXPECT_FALSE(IsFree(m));
  m.unlock();
  EXPECT_TRUE(IsFree(m));
}

TEST(TbbMutex, ScopedLockHoldsUntilTheEndOfItsScope) {
  mutex m;
  {
    mutex::scoped_lock lock(m);
    EXPECT_FALSE(IsFree(m));
  }
  EXPECT_TRUE(IsFree(m));
}

TEST(TbbMutex, ScopedLockAcquiresAndReleasesManyTimes) {
  mutex a;
  mutex b;
  mutex::scoped_lock lock;
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

TEST(TbbMutex, TryAcquireHoldsOnlyWhenItSaysSo) {
  mutex m;
  mutex::scoped_lock first;
  ASSERT_TRUE(first.try_acquire(m));
  std::thread([&] {
    mutex::scoped_lock second;
    EXPECT_FALSE(second.try_acquire(m));
    // The destructor of `second` must not release what it does not hold.
  }).join();
  EXPECT_FALSE(IsFree(m));
}

TEST(TbbMutex, WorksWithTheStandardGuards) {
  mutex m;
  {
    std::lock_guard<mutex> guard(m);
    EXPECT_FALSE(IsFree(m));
  }
  std::unique_lock<mutex> lock(m, std::try_to_lock);
  EXPECT_TRUE(lock.owns_lock());
}

TEST(TbbMutex, ExcludesTheTasksOfAParallelFor) {
  mutex m;
  long plain = 0;
  constexpr int kTurns = 20000;
  ::tbb::parallel_for(0, kTurns, [&](int) {
    mutex::scoped_lock lock(m);
    ++plain;
  });
  EXPECT_EQ(plain, kTurns);
}

TEST(TbbSwitched, FollowsTheTargetItDependsOn) {
  constexpr bool parkway_selected =
      std::is_same_v<parkway::switched::tbb::mutex, mutex>;
  EXPECT_STREQ(parkway::switched::tbb::kLocks,
               parkway_selected ? "parkway" : "stock");
  parkway::switched::tbb::mutex m;
  parkway::switched::tbb::mutex::scoped_lock lock(m);
}

}  // namespace
