// SPDX-License-Identifier: Apache-2.0

// The lock of a table's bucket is free in the child of a fork, whoever held it.
// Each case holds one by hand, as another thread would at the moment of the
// fork.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>

#include "parkway/lock/rw_mutex.h"
#include "parkway/task/task_platform.h"
#include "parkway/wait/address_hash.h"
#include "parkway/wait/sleepers.h"
#include "parkway/wait/wait_table.h"
#include "tests/suites/not_emulated.h"

namespace parkway::test {
namespace {

WaitBucket<Platform>& bucket_of(const RwMutex& mutex) {
  return internal::wait_table[internal::address_hash(&mutex)].bucket;
}

// In the child of a fork; 0 if it came to its end.
template <class Body>
int status_of_child(Body body) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(20);
    body();
    _exit(0);
  }
  int status = -1;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return status;
}

// Each in a process of its own, which has used nothing of parkway before.
class TableForkDeathTest : public testing::Test {
 protected:
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

void uses_a_marked_mutex() {
  RwMutex mutex;
  mutex.make_slow();
  bucket_of(mutex).lock();
  const int status = status_of_child([&] {
    mutex.lock();
    mutex.unlock();
  });
  bucket_of(mutex).unlock();
  mutex.forget_slow();
  _exit(status == 0 ? 0 : 1);
}
TEST_F(TableForkDeathTest, MarkedMutex) {
  EXPECT_EXIT(uses_a_marked_mutex(), testing::ExitedWithCode(0), "");
}

// A sleeper of another mutex counts in the same slot: each unlock looks into
// the bucket, though nobody has ever waited for this one.
void uses_a_mutex_near_a_sleeper() {
  RwMutex mutex;
  Platform::announce(&mutex);
  mutex.lock();
  mutex.unlock();
  bucket_of(mutex).lock();
  const int status = status_of_child([&] {
    // Counted still, though nobody sleeps there.
    if (internal::sleeper_slot(&mutex).count() == 0) _exit(2);
    mutex.lock();
    mutex.unlock();
    // It needs the bucket as well.
    mutex.make_slow();
    mutex.forget_slow();
  });
  bucket_of(mutex).unlock();
  Platform::retract(&mutex);
  _exit(status == 0 ? 0 : 1);
}
TEST_F(TableForkDeathTest, MutexNearASleeper) {
  EXPECT_EXIT(uses_a_mutex_near_a_sleeper(), testing::ExitedWithCode(0), "");
}

// A task's waiter counts as a sleeper of the process, too.
void waits_as_a_task() {
  TaskRwMutex mutex;
  mutex.lock();
  if (mutex.try_lock_for(std::chrono::milliseconds(1))) _exit(3);
  mutex.unlock();
  Platform::announce(&mutex);
  const int status = status_of_child([&] {
    // Counted still, though nobody sleeps there.
    if (internal::sleeper_slot(&mutex).count() == 0) _exit(2);
  });
  Platform::retract(&mutex);
  _exit(status == 0 ? 0 : 1);
}
TEST_F(TableForkDeathTest, TaskThatWaits) {
  EXPECT_EXIT(waits_as_a_task(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace parkway::test
