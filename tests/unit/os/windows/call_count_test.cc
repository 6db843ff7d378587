// SPDX-License-Identifier: Apache-2.0

// A lock that nobody waits for asks nothing of the system, nor does a wake that
// nobody sleeps for.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>

#include "parkway/lock/byte_mutex.h"
#include "parkway/lock/cond_var.h"
#include "parkway/lock/futex_mutex.h"
#include "parkway/lock/futex_note.h"
#include "parkway/lock/queuing_mutex.h"
#include "parkway/lock/rw_mutex.h"
#include "parkway/lock/sema_mutex.h"
#include "parkway/lock/sema_note.h"
#include "parkway/lock/semaphore.h"
#include "tests/suites/support.h"
#include "tests/unit/os/windows/counted_calls.h"

namespace parkway::test {
namespace {

constexpr int kTimes = 100000;

// All calls while f() runs so many times.
template <class F>
std::uint64_t CallsOf(F f) {
  const std::uint64_t before = CountedCalls().all();
  for (int i = 0; i < kTimes; ++i) f();
  return CountedCalls().all() - before;
}

TEST(CountedCalls, SeeSleepsAndWakes) {
  const Calls before = CountedCalls();
  FutexNote futex;
  futex.sleep_for(std::chrono::milliseconds(1));
  SemaNote sema;
  sema.sleep_for(std::chrono::milliseconds(1));
  const Calls slept = CountedCalls();
  EXPECT_GE(slept.sleeps, before.sleeps + 2);
  EXPECT_EQ(slept.wakes, before.wakes);
  for (int i = 0; i < 2; ++i) {
    FutexNote woken_futex;
    SemaNote woken_sema;
    Thread sleeper([&] {
      woken_futex.sleep();
      woken_sema.sleep();
    });
    ASSERT_TRUE(sleeper.WaitAsleep());
    woken_futex.wakeup();
    ASSERT_TRUE(sleeper.WaitAsleep());
    woken_sema.wakeup();
  }
  EXPECT_EQ(CountedCalls().wakes, slept.wakes + 4);
}

template <class M>
class UncontendedCalls : public testing::Test {};
using Mutexes = testing::Types<FutexMutex, SemaMutex, ByteMutex, RwMutex>;
TYPED_TEST_SUITE(UncontendedCalls, Mutexes);

TYPED_TEST(UncontendedCalls, None) {
  TypeParam mutex;
  EXPECT_EQ(CallsOf([&] {
              mutex.lock();
              mutex.unlock();
            }),
            0u);
  EXPECT_EQ(CallsOf([&] {
              if (mutex.try_lock()) mutex.unlock();
            }),
            0u);
}

TEST(UncontendedCalls, NoneForReadersAndTheFairLock) {
  RwMutex rw;
  EXPECT_EQ(CallsOf([&] {
              rw.lock_shared();
              rw.unlock_shared();
            }),
            0u);
  QueuingMutex fair;
  EXPECT_EQ(CallsOf([&] {
              QueuingMutex::Node node;
              fair.lock(node);
              fair.unlock(node);
            }),
            0u);
}

template <class N>
class WakesWithoutSleeper : public testing::Test {};
using Notes = testing::Types<FutexNote, SemaNote>;
TYPED_TEST_SUITE(WakesWithoutSleeper, Notes);

TYPED_TEST(WakesWithoutSleeper, None) {
  TypeParam note;
  EXPECT_EQ(CallsOf([&] {
              note.wakeup();
              note.sleep();
              note.clear();
            }),
            0u);
}

TEST(WakesWithoutSleeper, NoneForConditionsAndPermits) {
  CondVar changed;
  EXPECT_EQ(CallsOf([&] {
              changed.notify_one();
              changed.notify_all();
            }),
            0u);
  Semaphore permits(0);
  EXPECT_EQ(CallsOf([&] {
              permits.release();
              permits.acquire();
            }),
            0u);
}

}  // namespace
}  // namespace parkway::test
