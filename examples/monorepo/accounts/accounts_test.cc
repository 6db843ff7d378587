// SPDX-License-Identifier: Apache-2.0

#include "accounts/accounts.h"

#include <cstddef>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "oneapi/tbb/mutex.h"
#include "oneapi/tbb/rw_mutex.h"
#include "tbb/queuing_mutex.h"
#include "tbb/queuing_rw_mutex.h"
#include "tbb/spin_mutex.h"
#include "tbb/spin_rw_mutex.h"

namespace example {
namespace {

constexpr int kThreads = 4;
constexpr std::size_t kAccounts = 7;
constexpr long kEach = 100;

template <typename Body>
void InThreads(const Body& body) {
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back([&, i] { body(i); });
  for (std::thread& t : threads) t.join();
}

template <typename Mutex>
class AnyAccountsTest : public testing::Test {};

using AnyMutex =
    testing::Types<tbb::mutex, tbb::rw_mutex, tbb::spin_mutex,
                   tbb::spin_rw_mutex, tbb::queuing_mutex,
                   tbb::queuing_rw_mutex, tbb::speculative_spin_mutex,
                   tbb::speculative_spin_rw_mutex>;
TYPED_TEST_SUITE(AnyAccountsTest, AnyMutex);

TYPED_TEST(AnyAccountsTest, NothingIsLost) {
  Accounts<TypeParam> accounts(kAccounts, kEach);
  InThreads([&](int thread) {
    std::size_t from = static_cast<std::size_t>(thread);
    for (int turn = 0; turn < 5000; ++turn) {
      const std::size_t to = (from * 3 + 1) % kAccounts;
      if (turn % 2 == 0 || !accounts.TryTransfer(from, to, turn)) {
        accounts.Transfer(from, to, turn);
      }
      from = to;
      if (turn % 1000 == 0) {
        EXPECT_EQ(accounts.Total(), static_cast<long>(kAccounts) * kEach);
      }
    }
  });
  EXPECT_EQ(accounts.Total(), static_cast<long>(kAccounts) * kEach);
}

template <typename Mutex>
class SharedAccountsTest : public testing::Test {};

using SharedMutex =
    testing::Types<tbb::rw_mutex, tbb::spin_rw_mutex, tbb::queuing_rw_mutex,
                   tbb::speculative_spin_rw_mutex>;
TYPED_TEST_SUITE(SharedAccountsTest, SharedMutex);

TYPED_TEST(SharedAccountsTest, ReadersSeeWholeTransfers) {
  SharedAccounts<TypeParam> accounts(kAccounts, kEach);
  InThreads([&](int thread) {
    for (int turn = 0; turn < 5000; ++turn) {
      if (thread == 0) {
        accounts.Transfer(turn % kAccounts, (turn + 1) % kAccounts, turn);
      } else {
        EXPECT_EQ(accounts.TotalAsReader(),
                  static_cast<long>(kAccounts) * kEach);
      }
    }
  });
}

TYPED_TEST(SharedAccountsTest, GrowsToItsLimit) {
  constexpr std::size_t kLimit = 3000;
  SharedAccounts<TypeParam> accounts(0, 0);
  InThreads([&](int) {
    while (accounts.Grow(kLimit) < kLimit) {
    }
  });
  EXPECT_EQ(accounts.Grow(kLimit), kLimit);
}

// Two locks at once, in both orders, with the guards of the standard library.
template <typename Mutex>
void LockBoth() {
  Mutex first, second;
  int moves = 0;
  InThreads([&](int thread) {
    for (int turn = 0; turn < 2000; ++turn) {
      if (thread % 2 == 0) {
        const std::scoped_lock lock(first, second);
        ++moves;
      } else {
        const std::scoped_lock lock(second, first);
        ++moves;
      }
    }
  });
  EXPECT_EQ(moves, kThreads * 2000);
}

TEST(StandardGuards, TwoLocks) {
  LockBoth<tbb::mutex>();
  LockBoth<tbb::rw_mutex>();
  LockBoth<tbb::spin_mutex>();
  LockBoth<tbb::spin_rw_mutex>();
}

TEST(StandardGuards, UniqueLock) {
  tbb::spin_mutex mutex;
  std::unique_lock<tbb::spin_mutex> lock(mutex, std::try_to_lock);
  EXPECT_TRUE(lock.owns_lock());
  std::thread([&mutex] { EXPECT_FALSE(mutex.try_lock()); }).join();
  lock.unlock();
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
}

TEST(StandardGuards, SharedLock) {
  tbb::rw_mutex mutex;
  const std::shared_lock<tbb::rw_mutex> lock(mutex);
  std::thread([&mutex] {
    EXPECT_FALSE(mutex.try_lock());
    const std::shared_lock<tbb::rw_mutex> other(mutex, std::try_to_lock);
    EXPECT_TRUE(other.owns_lock());
  }).join();
}

}  // namespace
}  // namespace example
