// SPDX-License-Identifier: Apache-2.0

// What the contention profile costs: nothing where a lock is free, with the
// profile off or on, and a few instructions in the slow halves. Counted, not
// timed, and compared with locks that know of no profile.
#include <gtest/gtest.h>

#include <cstdio>
#include <ostream>
#include <string>
#include <vector>

#include "parkway/base/checks.h"
#include "parkway/profile.h"
#include "parkway/profile/contention.h"
#include "tests/house/instructions.h"
#include "tests/house/untold.h"

namespace parkway::test {
namespace {

// Each lock is a variable of its function: it is made at compile time.
template <class Mutex>
void LockAndUnlock() {
  static Mutex mutex;
  mutex.lock();
  mutex.unlock();
  if (mutex.try_lock()) mutex.unlock();
}
template <class Mutex>
void LockShared() {
  static Mutex mutex;
  mutex.lock_shared();
  mutex.unlock_shared();
  if (mutex.try_lock_shared()) mutex.unlock_shared();
}
template <class Mutex>
void LockInLine() {
  static Mutex mutex;
  typename Mutex::Node node;
  mutex.lock(node);
  mutex.unlock(node);
  if (mutex.try_lock(node)) mutex.unlock(node);
}
template <class Note>
void WakeAndSleep() {
  static Note note;
  note.wakeup();
  note.sleep();
  note.clear();
}
template <class CondVar>
void NotifyNobody() {
  static CondVar changed;
  changed.notify_one();
  changed.notify_all();
}
template <class Semaphore>
void TakePermits() {
  static Semaphore semaphore(1000);
  semaphore.acquire();
  (void)semaphore.try_acquire();
}

struct Case {
  const char* name;
  void (*with)();
  void (*without)();
};
void PrintTo(const Case& tested, std::ostream* out) { *out << tested.name; }
std::string Name(const testing::TestParamInfo<Case>& info) {
  return info.param.name;
}

#define PARKWAY_CASE(name, function, type) \
  { name, &function<type<Platform>>, &function<type<Untold>> }

const std::vector<Case> kFree = {
    PARKWAY_CASE("FutexMutex", LockAndUnlock, BasicFutexMutex),
    PARKWAY_CASE("SemaMutex", LockAndUnlock, BasicSemaMutex),
    PARKWAY_CASE("ByteMutex", LockAndUnlock, BasicByteMutex),
    {"RwMutexWriter", &LockAndUnlock<RwMutex>,
     &LockAndUnlock<BasicRwMutex<UntoldRw>>},
    {"RwMutexReader", &LockShared<RwMutex>,
     &LockShared<BasicRwMutex<UntoldRw>>},
    PARKWAY_CASE("QueuingMutex", LockInLine, BasicQueuingMutex),
    PARKWAY_CASE("QueuingRwMutexWriter", LockAndUnlock, BasicQueuingRwMutex),
    PARKWAY_CASE("QueuingRwMutexReader", LockShared, BasicQueuingRwMutex),
    PARKWAY_CASE("FutexNote", WakeAndSleep, BasicFutexNote),
    PARKWAY_CASE("SemaNote", WakeAndSleep, BasicSemaNote),
    PARKWAY_CASE("CondVar", NotifyNobody, BasicCondVar),
    PARKWAY_CASE("Semaphore", TakePermits, BasicSemaphore),
};

void ThreeNops() { asm volatile("nop\nnop\nnop"); }
void TenNops() { asm volatile(".rept 10\nnop\n.endr"); }

TEST(InstructionsOf, CountsEach) {
  const long three = InstructionsOf(&ThreeNops);
  if (three < 0) GTEST_SKIP() << "no process may be run by steps here";
  EXPECT_EQ(InstructionsOf(&TenNops), three + 7);
}

class FreeLock : public testing::TestWithParam<Case> {};

TEST_P(FreeLock, CostsNothingMore) {
  if (kChecks) GTEST_SKIP() << "with the misuse checks more is counted";
  const long without = InstructionsOf(GetParam().without);
  if (without < 0) GTEST_SKIP() << "no process may be run by steps here";
  EXPECT_EQ(InstructionsOf(GetParam().with), without);
  ASSERT_TRUE(start_profile(1));
  EXPECT_EQ(InstructionsOf(GetParam().with), without) << "with the profile on";
  stop_profile();
  std::printf("%s: %ld instructions\n", GetParam().name, without);
}

INSTANTIATE_TEST_SUITE_P(ProfileCost, FreeLock, testing::ValuesIn(kFree), Name);

// What every slow half that waits has, and nothing else of it: how long that
// polls depends on the time.
template <class P>
void Wait() {
  static int lock;
  internal::Waiting<P> waiting(WaitKind::kMutex, &lock);
}
// By the slow half, because somebody is said to sleep.
template <class Mutex>
void UnlockSlowly() {
  static Mutex mutex;
  static const bool announced = Platform::announce(&mutex);
  mutex.lock();
  if (announced) mutex.unlock();
}
// It has no inline half.
template <class Semaphore>
void GivePermit() {
  static Semaphore semaphore(0);
  semaphore.release();
}

struct Budget {
  Case work;
  long most;
};
void PrintTo(const Budget& tested, std::ostream* out) {
  *out << tested.work.name;
}
std::string NameOfBudget(const testing::TestParamInfo<Budget>& info) {
  return info.param.work.name;
}

const std::vector<Budget> kSlow = {
    {{"Wait", &Wait<Platform>, &Wait<Untold>}, 60},
    {PARKWAY_CASE("Unlock", UnlockSlowly, BasicFutexMutex), 30},
    {PARKWAY_CASE("Release", GivePermit, BasicSemaphore), 30},
};

class SlowHalf : public testing::TestWithParam<Budget> {};

TEST_P(SlowHalf, CostsAFewInstructionsMore) {
  if (kChecks) GTEST_SKIP() << "with the misuse checks more is counted";
  const Case& work = GetParam().work;
  const long without = InstructionsOf(work.without);
  if (without < 0) GTEST_SKIP() << "no process may be run by steps here";
  const long with = InstructionsOf(work.with);
  EXPECT_GT(with, without);
  EXPECT_LE(with, without + GetParam().most);
  std::printf("%s: %ld instructions more, of %ld\n", work.name, with - without,
              with);
}

INSTANTIATE_TEST_SUITE_P(ProfileCost, SlowHalf, testing::ValuesIn(kSlow),
                         NameOfBudget);

}  // namespace
}  // namespace parkway::test
