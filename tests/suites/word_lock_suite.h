// SPDX-License-Identifier: Apache-2.0

// What is asked of WordLock over any policy.
#ifndef PARKWAY_TESTS_SUITES_WORD_LOCK_SUITE_H_
#define PARKWAY_TESTS_SUITES_WORD_LOCK_SUITE_H_

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <new>
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
  // The first that takes it has to make what it guards.
  EXPECT_TRUE(lock.lock());
  lock.unlock();
  EXPECT_FALSE(lock.lock());
  lock.unlock();
}

// As in the child of a fork, whoever holds it in the parent.
TYPED_TEST_P(WordLockSuite, IsFreeInTheChildOfAFork) {
  if (const char* why = WhyNoFork(Others::kAsleep)) GTEST_SKIP() << why;
  using Lock = typename TestFixture::Lock;
  Lock held;
  Lock free;
  held.lock();
  free.lock();
  free.unlock();
  EXPECT_EQ(RunInChild([&] {
              if (!held.lock() || !free.lock()) return 1;
              held.unlock();
              free.unlock();
              if (held.lock() || free.lock()) return 2;
              held.unlock();
              free.unlock();
              return 0;
            }),
            0);
  held.unlock();
  EXPECT_FALSE(held.lock());
  held.unlock();
}

// The first of many in the child, and no other.
TYPED_TEST_P(WordLockSuite, OneThreadOfTheChildIsTheFirst) {
  if (const char* why = WhyNoFork(Others::kAsleep)) GTEST_SKIP() << why;
  using Lock = typename TestFixture::Lock;
  for (int round = 0; round < 20; ++round) {
    Lock lock;
    lock.lock();
    EXPECT_EQ(RunInChild([&] {
                int first = 0;
                std::vector<std::thread> all;
                for (int i = 0; i < 4; ++i) {
                  all.emplace_back([&] {
                    if (lock.lock()) ++first;
                    lock.unlock();
                  });
                }
                for (std::thread& thread : all) thread.join();
                return first;
              }),
              1);
    lock.unlock();
  }
}

TYPED_TEST_P(WordLockSuite, ExcludesTwoThreads) {
  const int rounds = Rounds(20000);
  EXPECT_EQ(this->count(2, rounds), 2L * rounds);
}

TYPED_TEST_P(WordLockSuite, ExcludesManyThreads) {
  const int rounds = Rounds(4000);
  EXPECT_EQ(this->count(16, rounds), 16L * rounds);
}

// Whoever gets it last makes another lock of its memory, while the first one
// may still be on its way out of unlock(): nothing of that may matter to the
// lock that lives there next.
TYPED_TEST_P(WordLockSuite, MemoryIsReusedRightAfterTheUnlock) {
  using Lock = typename TestFixture::Lock;
  for (int round = 0; round < Rounds(2000); ++round) {
    alignas(Lock) unsigned char bytes[sizeof(Lock)];
    auto* const lock = new (bytes) Lock;
    int users = 2;
    std::atomic<Lock*> next{nullptr};
    int inside = 0;
    const auto use = [&] {
      lock->lock();
      const bool last = --users == 0;
      lock->unlock();
      if (last) {
        auto* const made = new (bytes) Lock;
        made->lock();
        next = made;
        ++inside;
        std::this_thread::yield();
        EXPECT_EQ(inside, 1);
        --inside;
        made->unlock();
      } else {
        while (next == nullptr) std::this_thread::yield();
        next.load()->lock();
        EXPECT_EQ(inside, 0);
        ++inside;
        --inside;
        next.load()->unlock();
      }
    };
    std::thread other(use);
    use();
    other.join();
    auto& last = *std::launder(reinterpret_cast<Lock*>(bytes));
    ASSERT_FALSE(last.lock());
    last.unlock();
  }
}

REGISTER_TYPED_TEST_SUITE_P(WordLockSuite, IsOneWordOfZeroes,
                            IsFreeInTheChildOfAFork,
                            OneThreadOfTheChildIsTheFirst, ExcludesTwoThreads,
                            ExcludesManyThreads,
                            MemoryIsReusedRightAfterTheUnlock);

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_SUITES_WORD_LOCK_SUITE_H_
