// SPDX-License-Identifier: Apache-2.0

#include "parkway/absl/deadlock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#if !defined(_WIN32)
#include <sys/wait.h>
#endif
#include <time.h>
#if !defined(_WIN32)
#include <unistd.h>
#endif

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/config.h"
#include "parkway/absl/events.h"
#include "parkway/absl/namespace.h"
#include "tests/suites/regex.h"
#include "tests/suites/support.h"

PARKWAY_ABSL_NAMESPACE_BEGIN
namespace internal {
namespace {

using test::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

// A mutex that takes part as Mutex does. Not a std::mutex inside: TSan would
// see the very cycles that are made here.
class Tracked {
 public:
  Tracked() = default;
  ~Tracked() {
    if (DeadlockDetectionOn()) Forget(this);
  }
  void Lock() {
    if (DeadlockDetectionOn()) BeforeLock(this);
    while (locked_.exchange(true, std::memory_order_acquire)) {
      std::this_thread::yield();
    }
    if (DeadlockDetectionOn()) Locked(this, false);
  }
  bool TryLock() {
    if (locked_.exchange(true, std::memory_order_acquire)) return false;
    if (DeadlockDetectionOn()) Locked(this, false);
    return true;
  }
  void Unlock() {
    if (DeadlockDetectionOn()) Unlocked(this);
    locked_.store(false, std::memory_order_release);
  }

 private:
  std::atomic<bool> locked_{false};
};

// Before main, and again at exit.
struct Early {
  Early() : mode(deadlock_mode.load()) {
    SetMutexDeadlockDetectionMode(OnDeadlockCycle::kAbort);
    Use();
    SetMutexDeadlockDetectionMode(OnDeadlockCycle::kIgnore);
  }
  ~Early() {
    SetMutexDeadlockDetectionMode(OnDeadlockCycle::kAbort);
    Use();
  }
  static void Use() {
    Tracked a, b;
    a.Lock();
    b.Lock();
    if (!Holds(&a) || !Holds(&b)) std::abort();
    b.Unlock();
    a.Unlock();
    if (Holds(&a) || Holds(&b)) std::abort();
  }
  const OnDeadlockCycle mode;
};
Early early;

void LockInOrder(Tracked& first, Tracked& second) {
  first.Lock();
  second.Lock();
  second.Unlock();
  first.Unlock();
}

class DeadlockTest : public testing::Test {
 protected:
  // The detection was off: it begins without memory.
  DeadlockTest() { SetMutexDeadlockDetectionMode(OnDeadlockCycle::kReport); }
  ~DeadlockTest() override {
    SetMutexDeadlockDetectionMode(OnDeadlockCycle::kIgnore);
  }

  template <class F>
  static std::string Stderr(F f) {
    testing::internal::CaptureStderr();
    f();
    return testing::internal::GetCapturedStderr();
  }
  // What locking one after the other writes.
  static std::string Stderr(Tracked& first, Tracked& second) {
    return Stderr([&] { LockInOrder(first, second); });
  }
};
using DeadlockDeathTest = DeadlockTest;

std::string Address(const void* p) {
  char text[32];
  std::snprintf(text, sizeof(text), "%p", p);
  return text;
}

TEST_F(DeadlockTest, TheModeAtTheStartIsUpstreams) {
#if defined(NDEBUG) || defined(ABSL_HAVE_THREAD_SANITIZER)
  EXPECT_EQ(early.mode, OnDeadlockCycle::kIgnore);
#else
  EXPECT_EQ(early.mode, OnDeadlockCycle::kAbort);
#endif
}

TEST_F(DeadlockTest, OneOrderIsFine) {
  Tracked a, b, c;
  EXPECT_EQ(Stderr([&] {
              for (int i = 0; i < 3; ++i) {
                LockInOrder(a, b);
                LockInOrder(b, c);
                LockInOrder(a, c);
              }
            }),
            "");
}

// Different frames in the report.
ABSL_ATTRIBUTE_NOINLINE void DeadlockTestFirstOrder(Tracked& a, Tracked& b) {
  LockInOrder(a, b);
  asm volatile("" : : "i"(1));
}
ABSL_ATTRIBUTE_NOINLINE void DeadlockTestSecondOrder(Tracked& a, Tracked& b) {
  LockInOrder(b, a);
  asm volatile("" : : "i"(2));
}

TEST_F(DeadlockTest, TheOtherOrderIsReportedWithBothStacks) {
  Tracked a, b;
  EnsureEvent(&b, "Brunhilde", false);
  EXPECT_EQ(Stderr([&] { DeadlockTestFirstOrder(a, b); }), "");
  const std::string report = Stderr([&] { DeadlockTestSecondOrder(a, b); });
  EXPECT_THAT(report, HasSubstr("Potential Mutex deadlock: "));
  EXPECT_THAT(report, HasSubstr("Acquiring absl::Mutex " + Address(&a) +
                                " while holding  " + Address(&b) +
                                " Brunhilde; a cycle in the historical lock "
                                "ordering graph has been observed"));
  EXPECT_THAT(report, HasSubstr("mutex@" + Address(&b) + " Brunhilde stack: "));
  // First the current stack, then that of the earlier order.
  EXPECT_THAT(report, ContainsRegex(test::StacksHaveNames()
                                        ? "deadlock: \n.*SecondOrder.*"
                                          "Cycle: \n.*FirstOrder"
                                        : "deadlock: \n.*Cycle: \n"));
  EXPECT_THAT(report, Not(HasSubstr("dying")));
  // As upstream: as often as it happens.
  EXPECT_THAT(Stderr(b, a), HasSubstr("Potential Mutex deadlock"));
  EXPECT_EQ(Stderr(a, b), "");
  ForgetEvent(&b);
}

TEST_F(DeadlockTest, ACycleOfMoreThanTwoNamesThemAll) {
  Tracked m[5];
  for (int i = 0; i < 4; ++i) EXPECT_EQ(Stderr(m[i], m[i + 1]), "");
  const std::string report = Stderr(m[4], m[0]);
  for (int i = 1; i <= 4; ++i) {
    EXPECT_THAT(report, HasSubstr("mutex@" + Address(&m[i]) +
                                  " stack: acquired while holding mutex@" +
                                  Address(&m[i - 1])));
  }
}

TEST_F(DeadlockTest, ALongCycleIsCut) {
  std::vector<Tracked> m(30);
  for (int i = 0; i < 29; ++i) EXPECT_EQ(Stderr(m[i], m[i + 1]), "");
  EXPECT_THAT(Stderr(m[29], m[0]), HasSubstr("and 19 more"));
}

TEST_F(DeadlockTest, OrdersOfDifferentThreadsAreOneOrder) {
  Tracked a, b;
  std::thread([&] { LockInOrder(a, b); }).join();
  EXPECT_THAT(Stderr(b, a), HasSubstr("Potential Mutex deadlock"));
}

TEST_F(DeadlockTest, LockingTwiceIsReportedBeforeItHangs) {
  int mutex = 0;
  Locked(&mutex, true);
  const std::string report = Stderr([&] { BeforeLock(&mutex); });
  EXPECT_THAT(report, HasSubstr("Potential Mutex deadlock"));
  EXPECT_THAT(report, HasSubstr(Address(&mutex) + " (shared)"));
  EXPECT_THAT(report, HasSubstr("is held by this thread already"));
  Unlocked(&mutex);
  EXPECT_EQ(Stderr([&] { BeforeLock(&mutex); }), "");
  Forget(&mutex);
}

// Upstream's DeadlockDetectorBazelWarning.
TEST_F(DeadlockTest, TryLockWaitsForNobodyButIsHeld) {
  Tracked mu0, mu1;
  EXPECT_EQ(Stderr([&] {
              ASSERT_TRUE(mu0.TryLock());
              mu1.Lock();
              mu0.Unlock();
              ASSERT_TRUE(mu0.TryLock());
              mu0.Unlock();
            }),
            "");
  EXPECT_THAT(Stderr([&] { mu0.Lock(); }), HasSubstr("Potential Mutex"));
  mu0.Unlock();
  mu1.Unlock();
}

// Upstream's DeadlockDetector.
TEST_F(DeadlockDeathTest, ForgetWhileHeld) {
  SetMutexDeadlockDetectionMode(OnDeadlockCycle::kAbort);
  Tracked m1, m2, m3, m4;
  m1.Lock();
  m2.Lock();
  m3.Lock();
  m3.Unlock();
  m2.Unlock();
  Forget(&m1);
  EXPECT_FALSE(Holds(&m1));
  m2.Lock();
  m3.Lock();
  m4.Lock();
  m3.Unlock();
  m2.Unlock();
  m4.Unlock();
  m1.Unlock();
  // What was forgotten does not count.
  LockInOrder(m2, m1);
  EXPECT_DEATH(
      {
        LockInOrder(m3, m4);
        LockInOrder(m4, m3);
      },
      "dying due to potential deadlock");
}

// Upstream's DeadlockIdBug.
TEST_F(DeadlockDeathTest, DestroyedWhileHeldAndWhileOff) {
  SetMutexDeadlockDetectionMode(OnDeadlockCycle::kAbort);
  int a = 0;
  Tracked b, c;
  BeforeLock(&a);
  Locked(&a, false);
  b.Lock();
  b.Unlock();
  SetMutexDeadlockDetectionMode(OnDeadlockCycle::kIgnore);
  // Here `a` dies, and nobody says so.
  SetMutexDeadlockDetectionMode(OnDeadlockCycle::kAbort);
  EXPECT_FALSE(Holds(&a));
  c.Lock();
  c.Unlock();
  // A new mutex in the same place has nothing to do with it.
  b.Lock();
  BeforeLock(&a);
  Locked(&a, false);
  Unlocked(&a);
  b.Unlock();
  Forget(&a);
}

TEST_F(DeadlockTest, ANewMutexInAnOldPlaceIsNew) {
  Tracked a;
  int place = 0;
  const auto use = [&place](bool before, Tracked& other) {
    if (!before) other.Lock();
    BeforeLock(&place);
    Locked(&place, false);
    if (before) other.Lock();
    Unlocked(&place);
    other.Unlock();
    Forget(&place);
  };
  EXPECT_EQ(Stderr([&] {
              for (int i = 0; i < 10; ++i) use(i % 2 == 0, a);
            }),
            "");
}

TEST_F(DeadlockTest, UnlocksOfWhatIsNotKnownAreNoError) {
  int unknown = 0, off = 0;
  Unlocked(&unknown);
  SetMutexDeadlockDetectionMode(OnDeadlockCycle::kIgnore);
  SetMutexDeadlockDetectionMode(OnDeadlockCycle::kReport);
  Unlocked(&off);
  Tracked m[4];
  for (Tracked& mutex : m) mutex.Lock();
  for (const int i : {1, 0, 3, 2}) {
    EXPECT_TRUE(Holds(&m[i]));
    m[i].Unlock();
    EXPECT_FALSE(Holds(&m[i]));
  }
}

TEST_F(DeadlockTest, CountsAReadersLocks) {
  int mutex = 0;
  Locked(&mutex, true);
  Locked(&mutex, true);
  Unlocked(&mutex);
  EXPECT_TRUE(Holds(&mutex));
  Unlocked(&mutex);
  EXPECT_FALSE(Holds(&mutex));
  Forget(&mutex);
}

TEST_F(DeadlockTest, MoreLocksThanItCountsAreOverlooked) {
  std::vector<Tracked> m(100);
  for (int round = 0; round < 2; ++round) {
    for (Tracked& mutex : m) mutex.Lock();
    EXPECT_TRUE(Holds(&m[39]));
    EXPECT_FALSE(Holds(&m[40]));
    for (Tracked& mutex : m) mutex.Unlock();
  }
  for (Tracked& mutex : m) EXPECT_FALSE(Holds(&mutex));
  EXPECT_THAT(Stderr(m[99], m[0]), HasSubstr("Potential Mutex deadlock"));
}

TEST_F(DeadlockDeathTest, CheckNotHeldNamesTheMutex) {
  Tracked mutex;
  CheckNotHeld(&mutex);
  mutex.Lock();
  EnsureEvent(&mutex, "Siegfried", false);
  EXPECT_DEATH(CheckNotHeld(&mutex),
               ContainsRegex("thread should not hold mutex .*Siegfried"));
  std::thread([&] { CheckNotHeld(&mutex); }).join();
  mutex.Unlock();
  CheckNotHeld(&mutex);
  ForgetEvent(&mutex);
}

TEST_F(DeadlockDeathTest, AbortsAfterTheReport) {
  SetMutexDeadlockDetectionMode(OnDeadlockCycle::kAbort);
  EXPECT_DEATH(
      {
        Tracked a;
        Tracked b;
        LockInOrder(a, b);
        LockInOrder(b, a);
      },
      ContainsRegex("Potential Mutex deadlock.*Cycle: .*dying due to "
                    "potential deadlock"));
}

// Of CPU time, of the calling thread.
double ThreadSeconds() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * time.tv_nsec;
}

// Upstream's DeadlockDetectorStressTest: optimised, it takes half of the time
// that Abseil's own Mutex and detection take, on the same machine. The limit is
// for the slowest of machines and of builds, and of the time that this thread
// has run: who else did is no matter.
TEST_F(DeadlockTest, ManyMutexes) {
  const int kLocks = 1 << 17;
  const double start = ThreadSeconds();
  const auto locks = std::make_unique<Tracked[]>(kLocks);
  for (int i = 0; i < kLocks; ++i) {
    const int end = std::min(kLocks, i + 5);
    for (int j = i; j < end; ++j) locks[j].Lock();
    for (int j = i; j < end; ++j) locks[j].Unlock();
  }
  EXPECT_LT(ThreadSeconds() - start, 30);
}

TEST_F(DeadlockTest, ThreadsWithMutexesThatComeAndGo) {
  SetMutexDeadlockDetectionMode(OnDeadlockCycle::kAbort);
  Tracked shared[4];
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&shared] {
      for (int i = 0; i < 2000; ++i) {
        auto own = std::make_unique<Tracked[]>(3);
        shared[i % 4].Lock();
        LockInOrder(own[i % 3], own[(i + 1) % 3]);
        shared[i % 4].Unlock();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(DeadlockTest, ModesChangeWhileThreadsLock) {
  constexpr int kThreads = 3;
  constexpr int kTurns = 200;
  std::atomic<bool> done{false};
  std::atomic<int> busy{0};
  std::vector<std::thread> threads;
  Tracked a, b, c;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int turn = 0; !done; ++turn) {
        LockInOrder(a, b);
        LockInOrder(b, c);
        if (turn == kTurns) ++busy;
      }
    });
  }
  // Until each of them has had enough of it, too.
  for (int i = 0; i < 2000 || busy < kThreads; ++i) {
    SetMutexDeadlockDetectionMode(i % 2 == 0 ? OnDeadlockCycle::kIgnore
                                             : OnDeadlockCycle::kAbort);
    if (i % 64 == 0) std::this_thread::yield();
  }
  done = true;
  for (std::thread& thread : threads) thread.join();
}

#if !defined(_WIN32)
// The child must neither hang nor lose what the forking thread holds.
TEST_F(DeadlockTest, AForkedChildGoesOn) {
  if (const char* why =
          parkway::test::WhyNoFork(parkway::test::Others::kRunning)) {
    GTEST_SKIP() << why;
  }
  constexpr int kThreads = 3;
  std::atomic<bool> done{false};
  std::atomic<int> begun{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int turn = 0; !done; ++turn) {
        auto own = std::make_unique<Tracked[]>(8);
        for (int i = 0; i < 7; ++i) LockInOrder(own[i], own[i + 1]);
        if (turn == 0) ++begun;
      }
    });
  }
  while (begun < kThreads) std::this_thread::yield();
  Tracked held;
  held.Lock();
  for (int i = 0; i < 30; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      alarm(30);
      SetMutexDeadlockDetectionMode(OnDeadlockCycle::kAbort);
      if (!Holds(&held)) _exit(1);
      std::thread([] { Early::Use(); }).join();
      Tracked other;
      other.Lock();
      other.Unlock();
      held.Unlock();
      if (Holds(&held)) _exit(2);
      _exit(0);
    }
    ASSERT_GT(child, 0);
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  held.Unlock();
  done = true;
  for (std::thread& thread : threads) thread.join();
}
#endif

}  // namespace
}  // namespace internal
PARKWAY_ABSL_NAMESPACE_END
