// SPDX-License-Identifier: Apache-2.0

// What makes no system call, shown exactly: a child that may make none but
// exit_group runs it and lives.
#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <functional>

#include "parkway/lock/byte_mutex.h"
#include "parkway/lock/cond_var.h"
#include "parkway/mutex.h"
#include "parkway/note.h"
#include "parkway/wait/worker.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

constexpr int kKilled = 128 + SIGSYS;
constexpr int kNoFilter = 77;
constexpr int kAwake = 78;

bool ForbidSystemCalls() {
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
  };
  sock_fprog program = {sizeof(code) / sizeof(code[0]), code};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

// _exit() is more than its system call under ASan.
int Exit(int status) {
  syscall(SYS_exit_group, status);
  return status;
}

// Runs body() once freely (lazy binding, a checked build's worker record),
// then without system calls. 0, or kKilled if it made one.
int WithoutSystemCalls(const std::function<void()>& body) {
  return RunInChild([&body] {
    body();
    if (!ForbidSystemCalls()) return kNoFilter;
    body();
    return Exit(0);
  });
}

class SyscallTest : public testing::Test {
 protected:
  void SetUp() override {
    if (WithoutSystemCalls([] {}) == kNoFilter) {
      GTEST_SKIP() << "this kernel does not let us filter system calls";
    }
  }
};

template <class T>
class MutexSyscalls : public SyscallTest {};
using Mutexes = testing::Types<FutexMutex, SemaMutex, ByteMutex>;
TYPED_TEST_SUITE(MutexSyscalls, Mutexes);

template <class T>
class NoteSyscalls : public SyscallTest {};
using Notes = testing::Types<FutexNote, SemaNote>;
TYPED_TEST_SUITE(NoteSyscalls, Notes);

// The filter does kill.
TEST_F(SyscallTest, TheFilterIsInForce) {
  EXPECT_EQ(WithoutSystemCalls([] { syscall(SYS_getppid); }), kKilled);
  EXPECT_EQ(WithoutSystemCalls([] { os::osyield(); }), kKilled);
}

TYPED_TEST(MutexSyscalls, NoneUncontended) {
  TypeParam mutex;
  EXPECT_EQ(
      WithoutSystemCalls([&mutex] {
        for (int i = 0; i < 10000; ++i) {
          mutex.lock();
          mutex.unlock();
          if (!mutex.try_lock()) _exit(1);
          mutex.unlock();
          if (!mutex.try_lock_for(std::chrono::hours(1))) _exit(2);
          mutex.unlock();
          if (!mutex.try_lock_until(std::chrono::steady_clock::time_point())) {
            _exit(3);
          }
          mutex.unlock();
        }
      }),
      0);
}

TYPED_TEST(MutexSyscalls, NoneForAFailedTryLock) {
  TypeParam mutex;
  mutex.lock();
  EXPECT_EQ(WithoutSystemCalls([&mutex] {
              for (int i = 0; i < 1000; ++i) {
                if (mutex.try_lock()) _exit(1);
              }
            }),
            0);
  mutex.unlock();
}

// Nobody else's wake is paid for: with the waiter awake again, unlocks are
// silent.
TYPED_TEST(MutexSyscalls, NoneAfterTheContentionIsOver) {
  TypeParam mutex;
  const int status = RunInChild([&mutex] {
    mutex.lock();
    Thread waiter([&mutex] {
      mutex.lock();
      mutex.unlock();
    });
    if (!waiter.WaitAsleep()) return kAwake;
    mutex.unlock();
    waiter.Join();
    mutex.lock();
    mutex.unlock();
    if (!ForbidSystemCalls()) return kNoFilter;
    for (int i = 0; i < 1000; ++i) {
      mutex.lock();
      mutex.unlock();
    }
    return Exit(0);
  });
  EXPECT_EQ(status, 0);
}

TYPED_TEST(MutexSyscalls, UnlockWakesASleeper) {
  TypeParam mutex;
  const int status = RunInChild([&mutex] {
    mutex.lock();
    auto* waiter = new Thread([&mutex] { mutex.lock(); });
    if (!waiter->WaitAsleep()) return kAwake;
    if (!ForbidSystemCalls()) return kNoFilter;
    mutex.unlock();
    return Exit(0);
  });
  EXPECT_EQ(status, kKilled);
}

TYPED_TEST(NoteSyscalls, NoneWithoutASleeper) {
  TypeParam note;
  EXPECT_EQ(
      WithoutSystemCalls([&note] {
        for (int i = 0; i < 10000; ++i) {
          note.wakeup();
          note.sleep();
          if (!note.sleep_for(std::chrono::hours(1))) _exit(1);
          if (!note.sleep_until(std::chrono::steady_clock::time_point())) {
            _exit(2);
          }
          note.clear();
        }
      }),
      0);
}

// A sleeper that gave up is no sleeper.
TYPED_TEST(NoteSyscalls, NoneAfterATimeout) {
  TypeParam note;
  EXPECT_EQ(RunInChild([&note] {
              if (note.sleep_for(std::chrono::milliseconds(2))) return 1;
              if (!ForbidSystemCalls()) return kNoFilter;
              note.wakeup();
              note.sleep();
              return Exit(0);
            }),
            0);
}

TYPED_TEST(NoteSyscalls, WakeupWakesASleeper) {
  TypeParam note;
  const int status = RunInChild([&note] {
    auto* sleeper = new Thread([&note] { note.sleep(); });
    if (!sleeper->WaitAsleep()) return kAwake;
    if (!ForbidSystemCalls()) return kNoFilter;
    note.wakeup();
    return Exit(0);
  });
  EXPECT_EQ(status, kKilled);
}

TEST_F(SyscallTest, CondVarWithoutWaiter) {
  CondVar changed;
  EXPECT_EQ(WithoutSystemCalls([&changed] {
              for (int i = 0; i < 10000; ++i) {
                changed.notify_one();
                changed.notify_all();
              }
            }),
            0);
}

TEST_F(SyscallTest, WorkerSemaphoreWithoutSleeper) {
  Worker* const self = current_worker();
  EXPECT_EQ(WithoutSystemCalls([self] {
              for (int i = 0; i < 10000; ++i) {
                self->semaphore.wakeup();
                self->semaphore.wakeup();
                self->semaphore.sleep(os::kForever);
                self->semaphore.sleep(os::kForever);
              }
            }),
            0);
}

}  // namespace
}  // namespace parkway::test
