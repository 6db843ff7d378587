// SPDX-License-Identifier: Apache-2.0

// What is asked of WordLock over any policy.
#ifndef PARKWAY_TESTS_SUITES_WORD_LOCK_SUITE_H_
#define PARKWAY_TESTS_SUITES_WORD_LOCK_SUITE_H_

#include <gtest/gtest.h>

#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "parkway/wait/word_lock.h"
#include "tests/suites/support.h"

namespace parkway::test {

template <class P>
class WordLockSuite : public testing::Test {
 protected:
  using Lock = BasicWordLock<P>;

  // Each of `threads` adds one `rounds` times under the lock, by load and
  // store.
  static long count(int threads, int rounds) {
    Lock lock;
    long sum = 0;
    std::vector<std::thread> all;
    for (int i = 0; i < threads; ++i) {
      all.emplace_back([&] {
        for (int round = 0; round < rounds; ++round) {
          const std::lock_guard<Lock> hold(lock);
          const volatile long& seen = sum;
          sum = seen + 1;
        }
      });
    }
    for (std::thread& thread : all) thread.join();
    return sum;
  }
};

TYPED_TEST_SUITE_P(WordLockSuite);

TYPED_TEST_P(WordLockSuite, IsOneWordOfZeroes) {
  using Lock = typename TestFixture::Lock;
  static_assert(std::is_trivially_destructible_v<Lock>);
  alignas(Lock) unsigned char bytes[sizeof(Lock)] = {};
  auto& lock = *reinterpret_cast<Lock*>(bytes);
  EXPECT_TRUE(lock.try_lock());
  lock.unlock();
  for (unsigned char byte : bytes) EXPECT_EQ(byte, 0);
}

TYPED_TEST_P(WordLockSuite, TryLockFailsWhileItIsHeld) {
  typename TestFixture::Lock lock;
  ASSERT_TRUE(lock.try_lock());
  std::thread([&] { EXPECT_FALSE(lock.try_lock()); }).join();
  lock.unlock();
  std::thread([&] {
    EXPECT_TRUE(lock.try_lock());
    lock.unlock();
  }).join();
}

TYPED_TEST_P(WordLockSuite, ExcludesTwoThreads) {
  const int rounds = Rounds(20000);
  EXPECT_EQ(this->count(2, rounds), 2L * rounds);
}

TYPED_TEST_P(WordLockSuite, ExcludesManyThreads) {
  const int rounds = Rounds(4000);
  EXPECT_EQ(this->count(16, rounds), 16L * rounds);
}

// Whoever gets it last destroys it, and something else takes the memory: a wake
// that comes late must not matter to a lock that lives there next.
TYPED_TEST_P(WordLockSuite, MemoryIsReusedRightAfterTheUnlock) {
  using Lock = typename TestFixture::Lock;
  for (int round = 0; round < Rounds(2000); ++round) {
    alignas(Lock) unsigned char bytes[sizeof(Lock)];
    auto* const lock = new (bytes) Lock;
    std::thread other([&] {
      lock->lock();
      lock->unlock();
    });
    lock->lock();
    lock->unlock();
    other.join();
    auto* const next = new (bytes) Lock;
    ASSERT_TRUE(next->try_lock());
    next->unlock();
  }
}

REGISTER_TYPED_TEST_SUITE_P(WordLockSuite, IsOneWordOfZeroes,
                            TryLockFailsWhileItIsHeld, ExcludesTwoThreads,
                            ExcludesManyThreads,
                            MemoryIsReusedRightAfterTheUnlock);

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_SUITES_WORD_LOCK_SUITE_H_
