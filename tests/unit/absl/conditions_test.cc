// SPDX-License-Identifier: Apache-2.0

// Reader mode, conditions and what hangs on them, through Abseil's interface.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "parkway/absl/barrier.h"
#include "parkway/absl/blocking_counter.h"
#include "parkway/absl/mutex.h"
#include "parkway/absl/notification.h"
#include "tests/suites/support.h"

namespace {

using namespace parkway::absl;  // NOLINT: the test is about all of it

static_assert(sizeof(Notification) == 16 && sizeof(BlockingCounter) == 24 &&
              sizeof(Barrier) == 16);

ABSL_CONST_INIT Mutex g_constant(absl::kConstInit);

TEST(Readers, ShareAndExcludeWriters) {
  for (int spelling = 0; spelling < 3; ++spelling) {
    Mutex mu;
    if (spelling == 0) {
      mu.ReaderLock();
    } else if (spelling == 1) {
      mu.lock_shared();
    } else {
      ASSERT_TRUE(mu.ReaderTryLock());
    }
    mu.AssertReaderHeld();
    std::thread([&mu] {
      EXPECT_TRUE(mu.try_lock_shared());
      EXPECT_FALSE(mu.TryLock());
      mu.unlock_shared();
    }).join();
    mu.ReaderUnlock();
    EXPECT_TRUE(mu.TryLock());
    EXPECT_FALSE(mu.ReaderTryLock());
    mu.Unlock();
  }
}

TEST(Guards, OfEveryKind) {
  const Condition yes = Condition::kTrue;
  {
    MutexLock lock(&g_constant, yes);
    g_constant.AssertHeld();
  }
  { WriterMutexLock lock(g_constant, yes); }
  {
    ReaderMutexLock lock(&g_constant, yes);
    ReaderMutexLock again(g_constant);
    g_constant.AssertReaderHeld();
  }
  { MutexLockMaybe lock(nullptr, yes); }
  {
    MutexLockMaybe lock(&g_constant);
    g_constant.AssertHeld();
  }
  {
    ReleasableMutexLock lock(&g_constant, yes);
    lock.Release();
    EXPECT_TRUE(g_constant.try_lock());
    g_constant.unlock();
  }
  { std::unique_lock<Mutex> lock(g_constant, std::try_to_lock); }
  { std::shared_lock<Mutex> lock(g_constant); }
  { std::scoped_lock<Mutex> lock(g_constant); }
  EXPECT_TRUE(g_constant.TryLock());
  g_constant.Unlock();
}

struct Base {
  int value = 0;
};
struct Derived : Base {
  bool IsOne() { return value == 1; }
  bool IsOneConst() const { return value == 1; }
};
bool BaseIsOne(Base* base) { return base->value == 1; }
bool VoidIsOne(void* base) { return static_cast<Base*>(base)->value == 1; }

TEST(Condition, InEveryForm) {
  Derived object;
  bool flag = false;
  const auto functor = [&] { return object.value == 1; };
  const std::vector<Condition> all = {
      Condition(&VoidIsOne, static_cast<void*>(&object)),
      Condition(&BaseIsOne, static_cast<Base*>(&object)),
      Condition(&BaseIsOne, &object),
      Condition(&object, &Derived::IsOne),
      Condition(const_cast<const Derived*>(&object), &Derived::IsOneConst),
      Condition(&flag),
      Condition(&functor),
  };
  for (const Condition& condition : all) EXPECT_FALSE(condition.Eval());
  object.value = 1;
  flag = true;
  for (const Condition& condition : all) {
    EXPECT_TRUE(condition.Eval());
    for (const Condition& other : all) {
      EXPECT_EQ(Condition::GuaranteedEqual(&condition, &other),
                &condition == &other ||
                    (&condition >= &all[1] && &condition <= &all[2] &&
                     &other >= &all[1] && &other <= &all[2]));
    }
    EXPECT_FALSE(Condition::GuaranteedEqual(&condition, nullptr));
  }
  EXPECT_TRUE(Condition::kTrue.Eval());
  EXPECT_TRUE(Condition::GuaranteedEqual(&Condition::kTrue, nullptr));
}

TEST(Await, EndsWithTheConditionOrTheTime) {
  Mutex mu;
  bool flag = false;
  mu.Lock();
  EXPECT_FALSE(mu.AwaitWithTimeout(Condition(&flag), absl::Milliseconds(5)));
  EXPECT_FALSE(mu.AwaitWithDeadline(Condition(&flag), absl::Now()));
  EXPECT_FALSE(mu.AwaitWithDeadline(Condition(&flag), absl::InfinitePast()));
  EXPECT_FALSE(
      mu.AwaitWithTimeout(Condition(&flag), -absl::InfiniteDuration()));
  std::thread setter([&] {
    MutexLock lock(&mu);
    flag = true;
  });
  EXPECT_TRUE(mu.AwaitWithTimeout(Condition(&flag), absl::InfiniteDuration()));
  mu.Await(Condition(&flag));
  mu.AssertHeld();
  mu.Unlock();
  setter.join();
  EXPECT_TRUE(mu.LockWhenWithTimeout(Condition(&flag), absl::ZeroDuration()));
  flag = false;
  mu.Unlock();
  EXPECT_FALSE(
      mu.ReaderLockWhenWithTimeout(Condition(&flag), absl::Milliseconds(1)));
  mu.AssertReaderHeld();
  mu.ReaderUnlock();
  EXPECT_FALSE(mu.WriterLockWhenWithDeadline(Condition(&flag), absl::Now()));
  mu.WriterUnlock();
}

TEST(CondVar, WorksWithAReader) {
  Mutex mu;
  CondVar changed;
  std::atomic<bool> flag{false};
  mu.ReaderLock();
  // Gets the mutex when this thread waits.
  std::thread setter([&] {
    MutexLock lock(&mu);
    flag = true;
    changed.SignalAll();
  });
  while (!flag) changed.Wait(&mu);
  mu.AssertReaderHeld();
  EXPECT_TRUE(changed.WaitWithTimeout(&mu, absl::Milliseconds(1)));
  mu.ReaderUnlock();
  setter.join();
}

TEST(BlockingCounter, WaitsForAll) {
  BlockingCounter left(3);
  std::atomic<int> last{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] { last += left.DecrementCount() ? 1 : 0; });
  }
  left.Wait();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(last, 1);
}

TEST(Barrier, TellsOneThread) {
  auto* const barrier = new Barrier(3);
  std::atomic<int> told{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      if (barrier->Block()) {
        ++told;
        delete barrier;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(told, 1);
}

std::atomic<int> g_profiled{0};
std::atomic<int> g_traced{0};
std::atomic<int> g_cond_var_traced{0};

// The profiler and the tracer hear of a release that has woken a waiter.
TEST(Hooks, HearOfContention) {
  RegisterMutexProfiler([](std::int64_t cycles) {
    EXPECT_GT(cycles, 0);
    ++g_profiled;
  });
  RegisterMutexTracer([](const char* what, const void*, std::int64_t) {
    EXPECT_STREQ(what, "slow release");
    ++g_traced;
  });
  RegisterCondVarTracer([](const char*, const void*) { ++g_cond_var_traced; });
  Mutex mu;
  mu.Lock();
  parkway::test::Thread waiter([&mu] { MutexLock lock(&mu); });
  ASSERT_TRUE(waiter.WaitAsleep());
  mu.Unlock();
  waiter.Join();
  EXPECT_EQ(g_profiled, 1);
  EXPECT_EQ(g_traced, 1);
  CondVar changed;
  MutexLock lock(&mu);
  changed.WaitWithTimeout(&mu, absl::Milliseconds(1));
  EXPECT_EQ(g_cond_var_traced, 2);
}

int g_invariant_calls = 0;

TEST(Debugging, InvariantsAndLogs) {
  EnableMutexInvariantDebugging(true);
  Mutex mu;
  mu.EnableInvariantDebugging([](void* calls) { ++*static_cast<int*>(calls); },
                              &g_invariant_calls);
  { MutexLock lock(&mu); }
  { ReaderMutexLock lock(&mu); }
  EXPECT_EQ(g_invariant_calls, 4);
  mu.EnableDebugLog("the name");
  testing::internal::CaptureStderr();
  { MutexLock lock(&mu); }
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              testing::HasSubstr("the name"));
}

TEST(DeadlockDetectionDeathTest, ReportsACycle) {
  EXPECT_DEATH(
      {
        SetMutexDeadlockDetectionMode(OnDeadlockCycle::kAbort);
        Mutex a;
        Mutex b;
        a.Lock();
        b.Lock();
        b.Unlock();
        a.Unlock();
        b.Lock();
        a.Lock();
      },
      "dying due to potential deadlock");
}

}  // namespace
