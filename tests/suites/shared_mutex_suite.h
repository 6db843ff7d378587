// SPDX-License-Identifier: Apache-2.0

// What every reader-writer lock of parkway promises, as a typed suite.
#ifndef PARKWAY_TESTS_SUITES_SHARED_MUTEX_SUITE_H_
#define PARKWAY_TESTS_SUITES_SHARED_MUTEX_SUITE_H_

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <new>
#include <shared_mutex>
#include <vector>

#include "tests/suites/support.h"

namespace parkway::test {

// Critical sections per thread where a test counts them.
template <class Mutex>
inline constexpr int kSharedSections = Rounds(20000);

template <class Mutex>
class SharedMutexSuite : public testing::Test {};
TYPED_TEST_SUITE_P(SharedMutexSuite);

TYPED_TEST_P(SharedMutexSuite, AllZeroIsUnlocked) {
  alignas(TypeParam) unsigned char bytes[sizeof(TypeParam)] = {};
  auto* const mutex = std::launder(reinterpret_cast<TypeParam*>(bytes));
  EXPECT_TRUE(mutex->try_lock());
  mutex->unlock();
  for (unsigned char b : bytes) EXPECT_EQ(b, 0);
}

TYPED_TEST_P(SharedMutexSuite, OneWriterOrManyReaders) {
  TypeParam mutex;
  mutex.lock();
  EXPECT_FALSE(mutex.try_lock());
  EXPECT_FALSE(mutex.try_lock_shared());
  mutex.unlock();
  mutex.lock_shared();
  EXPECT_TRUE(mutex.try_lock_shared());
  EXPECT_FALSE(mutex.try_lock());
  mutex.unlock_shared();
  EXPECT_FALSE(mutex.try_lock());
  mutex.unlock_shared();
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
}

TYPED_TEST_P(SharedMutexSuite, WorksWithTheStandardGuards) {
  TypeParam mutex;
  { const std::lock_guard<TypeParam> lock(mutex); }
  { const std::shared_lock<TypeParam> lock(mutex); }
  { const std::scoped_lock<TypeParam> lock(mutex); }
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
}

TYPED_TEST_P(SharedMutexSuite, TheOnlyReaderCanBecomeTheWriter) {
  TypeParam mutex;
  mutex.lock_shared();
  ASSERT_TRUE(mutex.try_upgrade());
  EXPECT_FALSE(mutex.try_lock_shared());
  mutex.unlock();
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
}

TYPED_TEST_P(SharedMutexSuite, OneOfTwoReadersStaysAReader) {
  TypeParam mutex;
  mutex.lock_shared();
  mutex.lock_shared();
  EXPECT_FALSE(mutex.try_upgrade());
  EXPECT_TRUE(mutex.try_lock_shared());
  mutex.unlock_shared();
  mutex.unlock_shared();
  EXPECT_TRUE(mutex.try_upgrade());
  mutex.unlock();
}

TYPED_TEST_P(SharedMutexSuite, AnUpgradeOvertakesWaitingWriters) {
  TypeParam mutex;
  mutex.lock_shared();
  std::atomic<bool> written{false};
  Thread writer([&] {
    mutex.lock();
    written = true;
    mutex.unlock();
  });
  writer.WaitAsleep();
  EXPECT_TRUE(mutex.try_upgrade());
  EXPECT_FALSE(written);
  mutex.unlock();
  writer.Join();
  EXPECT_TRUE(written);
}

TYPED_TEST_P(SharedMutexSuite, TheWriterCanBecomeAReader) {
  TypeParam mutex;
  mutex.lock();
  mutex.downgrade();
  EXPECT_TRUE(mutex.try_lock_shared());
  EXPECT_FALSE(mutex.try_lock());
  mutex.unlock_shared();
  mutex.unlock_shared();
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
}

// They read beside the thread that waits for them: had a downgrade woken
// nobody, this would not end.
TYPED_TEST_P(SharedMutexSuite, ADowngradeLetsWaitingReadersIn) {
  for (const int readers : {1, 3}) {
    TypeParam mutex;
    std::atomic<int> in{0};
    mutex.lock();
    std::vector<std::unique_ptr<Thread>> all;
    for (int i = 0; i < readers; ++i) {
      all.push_back(std::make_unique<Thread>([&] {
        mutex.lock_shared();
        ++in;
        EXPECT_TRUE(Eventually([&] { return in == readers; }));
        mutex.unlock_shared();
      }));
      all.back()->WaitAsleep();
    }
    EXPECT_EQ(in, 0);
    mutex.downgrade();
    EXPECT_TRUE(Eventually([&] { return in == readers; }));
    for (auto& thread : all) thread->Join();
    mutex.unlock_shared();
    EXPECT_TRUE(mutex.try_lock());
    mutex.unlock();
  }
}

TYPED_TEST_P(SharedMutexSuite, ADowngradeKeepsWaitingWritersOut) {
  TypeParam mutex;
  std::atomic<bool> written{false};
  mutex.lock();
  Thread writer([&] {
    mutex.lock();
    written = true;
    mutex.unlock();
  });
  writer.WaitAsleep();
  mutex.downgrade();
  EXPECT_FALSE(mutex.try_lock());
  EXPECT_TRUE(writer.WaitAsleep());
  EXPECT_FALSE(written);
  mutex.unlock_shared();
  writer.Join();
  EXPECT_TRUE(written);
}

// Writers, readers, upgrades and downgrades; plain data, so that TSan watches.
TYPED_TEST_P(SharedMutexSuite, Mix) {
  constexpr int kThreads = 4;
  TypeParam mutex;
  long value = 0;
  long mirror = 0;
  std::atomic<long> writes{0};
  std::atomic<long> upgrades{0};
  const auto write = [&] {
    ++value;
    ++mirror;
    ++writes;
  };
  std::vector<std::unique_ptr<Thread>> all;
  for (int t = 0; t < kThreads; ++t) {
    all.push_back(std::make_unique<Thread>([&, t] {
      Random random = Random::Stream(100 + static_cast<unsigned>(t));
      // On until an upgrade has met no other reader: one of a thread that is
      // alone does not.
      constexpr int kUsual = kSharedSections<TypeParam>;
      for (int i = 0; i < kUsual || (upgrades == 0 && i < 9 * kUsual); ++i) {
        switch (random.Below(4)) {
          case 0:
            mutex.lock();
            write();
            mutex.unlock();
            break;
          case 1:
            mutex.lock_shared();
            EXPECT_EQ(value, mirror);
            mutex.unlock_shared();
            break;
          case 2: {
            mutex.lock();
            write();
            const long seen = value;
            mutex.downgrade();
            EXPECT_EQ(value, seen);
            mutex.unlock_shared();
            break;
          }
          default: {
            mutex.lock_shared();
            const long seen = value;
            if (mutex.try_upgrade()) {
              EXPECT_EQ(value, seen);
              write();
              ++upgrades;
              mutex.unlock();
            } else {
              EXPECT_EQ(value, seen);
              mutex.unlock_shared();
            }
          }
        }
      }
    }));
  }
  for (auto& thread : all) thread->Join();
  EXPECT_EQ(value, writes);
  EXPECT_EQ(value, mirror);
  EXPECT_GT(upgrades, 0);
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
}

TYPED_TEST_P(SharedMutexSuite, MemoryMayGoAwayAfterTheLastUnlock) {
  for (int i = 0; i < Rounds(100); ++i) {
    Page page;
    auto* const mutex = new (page.memory()) TypeParam;
    mutex->lock();
    Thread last([&] {
      mutex->lock_shared();
      mutex->unlock_shared();
      page.Revoke();
    });
    if (i % 2 == 0) last.WaitAsleep();
    mutex->unlock();
    last.Join();
  }
}

REGISTER_TYPED_TEST_SUITE_P(
    SharedMutexSuite, AllZeroIsUnlocked, OneWriterOrManyReaders,
    WorksWithTheStandardGuards, TheOnlyReaderCanBecomeTheWriter,
    OneOfTwoReadersStaysAReader, AnUpgradeOvertakesWaitingWriters,
    TheWriterCanBecomeAReader, ADowngradeLetsWaitingReadersIn,
    ADowngradeKeepsWaitingWritersOut, Mix, MemoryMayGoAwayAfterTheLastUnlock);

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_SUITES_SHARED_MUTEX_SUITE_H_
