// SPDX-License-Identifier: Apache-2.0

// Each primitive tells the profile of its waits and of who ends them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "parkway/lock/byte_mutex.h"
#include "parkway/lock/cond_var.h"
#include "parkway/lock/futex_note.h"
#include "parkway/lock/queuing_mutex.h"
#include "parkway/lock/queuing_rw_mutex.h"
#include "parkway/lock/rw_cond_var.h"
#include "parkway/lock/rw_mutex.h"
#include "parkway/lock/sema_note.h"
#include "parkway/lock/semaphore.h"
#include "parkway/mutex.h"
#include "tests/unit/profile/profiled.h"

namespace parkway::test {
namespace {

class ProfileKinds : public testing::Test {
 protected:
  void SetUp() override {
    clear_profile();
    ASSERT_TRUE(start_profile(1));
  }
  void TearDown() override { stop_profile(); }
};

// One wait of that kind, from a place and ended at one that are known.
void ExpectOneWait(const void* lock, WaitKind kind) {
  const internal::Site site = SiteOf(lock);
  EXPECT_EQ(site.count, 1u);
  EXPECT_STREQ(name_of(site.kind), name_of(kind));
  EXPECT_GT(site.nanoseconds, 0u);
  EXPECT_EQ(site.longest, site.nanoseconds);
  EXPECT_GT(site.waiter.depth, 1);
}
void ExpectAReleaser(const void* lock) {
  EXPECT_GT(SiteOf(lock).releaser.depth, 1);
}

// An unlock by the slow half, which leaves a stack: one that has seen a
// sleeper.
template <class Mutex>
void ExpectMutexWaits() {
  Mutex mutex;
  mutex.lock();
  WaitOnce(
      &mutex,
      [&] {
        mutex.lock();
        mutex.unlock();
      },
      [&] { mutex.unlock(); });
  ExpectOneWait(&mutex, WaitKind::kMutex);
  ExpectAReleaser(&mutex);
}

TEST_F(ProfileKinds, FutexMutex) { ExpectMutexWaits<FutexMutex>(); }
TEST_F(ProfileKinds, SemaMutex) { ExpectMutexWaits<SemaMutex>(); }
TEST_F(ProfileKinds, ByteMutex) { ExpectMutexWaits<ByteMutex>(); }

TEST_F(ProfileKinds, QueuingMutex) {
  QueuingMutex mutex;
  QueuingMutex::Node mine;
  mutex.lock(mine);
  WaitOnce(
      &mutex,
      [&] {
        QueuingMutex::Node node;
        mutex.lock(node);
        mutex.unlock(node);
      },
      [&] { mutex.unlock(mine); });
  ExpectOneWait(&mutex, WaitKind::kMutex);
  ExpectAReleaser(&mutex);
}

TEST_F(ProfileKinds, QueuingRwMutex) {
  QueuingRwMutex mutex;
  mutex.lock();
  WaitOnce(
      &mutex,
      [&] {
        mutex.lock_shared();
        mutex.unlock_shared();
      },
      [&] { mutex.unlock(); });
  ExpectOneWait(&mutex, WaitKind::kReader);
  ExpectAReleaser(&mutex);
}

TEST_F(ProfileKinds, RwMutexReader) {
  RwMutex mutex;
  mutex.lock();
  WaitOnce(
      &mutex,
      [&] {
        mutex.lock_shared();
        mutex.unlock_shared();
      },
      [&] { mutex.unlock(); });
  ExpectOneWait(&mutex, WaitKind::kReader);
}

TEST_F(ProfileKinds, RwMutexWriter) {
  RwMutex mutex;
  mutex.lock_shared();
  WaitOnce(
      &mutex,
      [&] {
        mutex.lock();
        mutex.unlock();
      },
      [&] { mutex.unlock_shared(); });
  ExpectOneWait(&mutex, WaitKind::kWriter);
}

TEST_F(ProfileKinds, RwMutexTimed) {
  RwMutex mutex;
  mutex.lock();
  WaitOnce(
      &mutex,
      [&] {
        if (mutex.try_lock_for(std::chrono::minutes(1))) mutex.unlock();
      },
      [&] { mutex.unlock(); });
  ExpectOneWait(&mutex, WaitKind::kWriter);
}

TEST_F(ProfileKinds, Await) {
  RwMutex mutex;
  bool ready = false;
  const Predicate until = {
      [](const void* flag) { return *static_cast<const bool*>(flag); },
      [](const void* a, const void* b) { return a == b; }, &ready};
  WaitOnce(
      &mutex,
      [&] {
        mutex.lock();
        mutex.await(until, os::kForever, false);
        mutex.unlock();
      },
      [&] {
        mutex.lock();
        ready = true;
        mutex.unlock();
      });
  const internal::Site site = SiteOf(&mutex);
  EXPECT_GE(site.count, 1u);
  EXPECT_GE(site.slept, 1u);
}

TEST_F(ProfileKinds, FutexNote) {
  FutexNote note;
  WaitOnce(
      &note, [&] { note.sleep(); }, [&] { note.wakeup(); });
  ExpectOneWait(&note, WaitKind::kNote);
}

TEST_F(ProfileKinds, SemaNote) {
  SemaNote note;
  WaitOnce(
      &note, [&] { note.sleep(); }, [&] { note.wakeup(); });
  ExpectOneWait(&note, WaitKind::kNote);
}

TEST_F(ProfileKinds, Semaphore) {
  Semaphore semaphore(0);
  WaitOnce(
      &semaphore, [&] { semaphore.acquire(); }, [&] { semaphore.release(); });
  ExpectOneWait(&semaphore, WaitKind::kSemaphore);
  ExpectAReleaser(&semaphore);
}

TEST_F(ProfileKinds, CondVar) {
  FutexMutex mutex;
  CondVar changed;
  bool ready = false;
  WaitOnce(
      &changed,
      [&] {
        mutex.lock();
        while (!ready) changed.wait(mutex);
        mutex.unlock();
      },
      [&] {
        mutex.lock();
        ready = true;
        mutex.unlock();
        changed.notify_one();
      });
  ExpectOneWait(&changed, WaitKind::kConditionVariable);
  ExpectAReleaser(&changed);
}

TEST_F(ProfileKinds, RwCondVar) {
  RwMutex mutex;
  RwCondVar changed;
  bool ready = false;
  WaitOnce(
      &changed,
      [&] {
        mutex.lock();
        while (!ready) changed.wait(mutex, false, os::kForever);
        mutex.unlock();
      },
      [&] {
        mutex.lock();
        ready = true;
        mutex.unlock();
        changed.notify_one();
      });
  ExpectOneWait(&changed, WaitKind::kConditionVariable);
}

}  // namespace
}  // namespace parkway::test
