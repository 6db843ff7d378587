// SPDX-License-Identifier: Apache-2.0

// Misuse ends the program with one line that names type, object and fault.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <type_traits>

#include "parkway/base/checks.h"
#include "parkway/lock/byte_mutex.h"
#include "parkway/lock/queuing_mutex.h"
#include "parkway/lock/queuing_rw_mutex.h"
#include "parkway/lock/rw_mutex.h"
#include "parkway/mutex.h"
#include "parkway/note.h"
#include "tests/suites/fault_report.h"
#include "tests/suites/not_emulated.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

using testing::Eq;
using testing::KilledBySignal;

template <class T>
constexpr const char* kTypeName = nullptr;
template <>
constexpr const char* kTypeName<FutexMutex> = "FutexMutex";
template <>
constexpr const char* kTypeName<SemaMutex> = "SemaMutex";
template <>
constexpr const char* kTypeName<ByteMutex> = "ByteMutex";
template <>
constexpr const char* kTypeName<QueuingMutex> = "QueuingMutex";
template <>
constexpr const char* kTypeName<QueuingRwMutex> = "QueuingRwMutex";
template <>
constexpr const char* kTypeName<RwMutex> = "RwMutex";
template <>
constexpr const char* kTypeName<FutexNote> = "FutexNote";
template <>
constexpr const char* kTypeName<SemaNote> = "SemaNote";

// The whole of standard error.
std::string Line(const char* type, const void* object, const char* fault) {
  char line[256];
  std::snprintf(
      line, sizeof(line), "parkway: %s at 0x%llx: %s\n", type,
      static_cast<unsigned long long>(reinterpret_cast<std::uintptr_t>(object)),
      fault);
  return line;
}

template <class T>
std::string Line(const T& object, const char* fault) {
  return Line(kTypeName<T>, &object, fault);
}

// The statement ends the program with that line of the object's.
#define EXPECT_FAULT(object, fault, ...) \
  EXPECT_EXIT(__VA_ARGS__, EndedByFault, IsReport(Eq(Line(object, fault))))

// Fork without exec: addresses stay what they are.
class DeathTest : public testing::Test {
 protected:
  void SetUp() override { testing::FLAGS_gtest_death_test_style = "fast"; }
};

template <class T>
class MutexDeathTest : public DeathTest {};
using Mutexes = testing::Types<FutexMutex, SemaMutex, ByteMutex>;
TYPED_TEST_SUITE(MutexDeathTest, Mutexes);

template <class T>
class SharedMutexDeathTest : public DeathTest {};
using SharedMutexes = testing::Types<RwMutex, QueuingRwMutex>;
TYPED_TEST_SUITE(SharedMutexDeathTest, SharedMutexes);

template <class T>
class NoteDeathTest : public DeathTest {};
using Notes = testing::Types<FutexNote, SemaNote>;
TYPED_TEST_SUITE(NoteDeathTest, Notes);

constexpr char kUnlockedFault[] = "unlock of an unlocked mutex";
constexpr char kCountFault[] =
    "negative held-lock count: this thread unlocks more than it locked";

// Whether this build's T sees an unlock of an unlocked mutex at all. For
// SemaMutex the check is free and always on; FutexMutex's unlock does not look.
template <class T>
constexpr bool kSeesUnlocked = kChecks || std::is_same_v<T, SemaMutex>;

// Another lock is held, so that the held-lock count has nothing to say and the
// mutex's own check shows.
TYPED_TEST(MutexDeathTest, UnlockOfAFreshMutex) {
  if (!kSeesUnlocked<TypeParam>) GTEST_SKIP() << kNotChecked;
  TypeParam other;
  TypeParam mutex;
  EXPECT_FAULT(mutex, kUnlockedFault, {
    other.lock();
    mutex.unlock();
  });
}

TYPED_TEST(MutexDeathTest, SecondUnlock) {
  if (!kSeesUnlocked<TypeParam>) GTEST_SKIP() << kNotChecked;
  TypeParam other;
  TypeParam mutex;
  EXPECT_FAULT(mutex, kUnlockedFault, {
    other.lock();
    mutex.lock();
    mutex.unlock();
    mutex.unlock();
  });
}

TYPED_TEST(MutexDeathTest, SecondUnlockAfterContention) {
  if (!kSeesUnlocked<TypeParam>) GTEST_SKIP() << kNotChecked;
  TypeParam other;
  TypeParam mutex;
  EXPECT_FAULT(mutex, kUnlockedFault, {
    other.lock();
    mutex.lock();
    Thread waiter([&mutex] {
      mutex.lock();
      mutex.unlock();
    });
    waiter.WaitAsleep();
    mutex.unlock();
    waiter.Join();
    mutex.unlock();
  });
}

// A thread that holds nothing: named by the count where there is one.
TYPED_TEST(MutexDeathTest, UnlockWithNothingHeld) {
  if (!kSeesUnlocked<TypeParam>) GTEST_SKIP() << kNotChecked;
  TypeParam mutex;
  EXPECT_FAULT(mutex, kChecks ? kCountFault : kUnlockedFault, mutex.unlock());
}

TYPED_TEST(MutexDeathTest, UnlockOfAnotherThreadsMutex) {
  if (!kChecks) GTEST_SKIP() << kNotChecked;
  TypeParam mutex;
  EXPECT_FAULT(mutex, kCountFault, {
    mutex.lock();
    Thread([&mutex] { mutex.unlock(); }).Join();
  });
}

TYPED_TEST(MutexDeathTest, EveryWayToLockIsCounted) {
  if (!kChecks) GTEST_SKIP() << kNotChecked;
  TypeParam mutex;
  TypeParam last;
  EXPECT_FAULT(last, kCountFault, {
    using std::chrono::hours;
    using std::chrono::milliseconds;
    using std::chrono::steady_clock;
    mutex.lock();
    mutex.unlock();
    if (mutex.try_lock()) mutex.unlock();
    if (mutex.try_lock_for(hours(1))) mutex.unlock();
    if (mutex.try_lock_until(steady_clock::now())) mutex.unlock();
    {
      // Failures count nothing; slow successes count once.
      Holder<TypeParam> holder(mutex);
      if (mutex.try_lock()) _exit(1);
      if (mutex.try_lock_for(milliseconds(1))) _exit(1);
      if (mutex.try_lock_until(steady_clock::now())) _exit(1);
    }
    for (int way = 0; way < 3; ++way) {
      Holder<TypeParam> holder(mutex);
      Thread releaser([&holder, locker = gettid()] {
        WaitAsleep(locker);
        holder.Release();
      });
      if (way == 0) {
        mutex.lock();
      } else if (way == 1) {
        if (!mutex.try_lock_for(hours(1))) _exit(1);
      } else {
        if (!mutex.try_lock_until(steady_clock::now() + hours(1))) _exit(1);
      }
      mutex.unlock();
    }
    // Exactly zero now.
    last.unlock();
  });
}

TYPED_TEST(SharedMutexDeathTest, ReleaseOfWhatIsNotHeld) {
  if (!kChecks) GTEST_SKIP() << kNotChecked;
  TypeParam mutex;
  EXPECT_FAULT(mutex, kUnlockedFault, mutex.unlock());
  EXPECT_FAULT(mutex, "unlock_shared of a mutex without readers",
               mutex.unlock_shared());
  EXPECT_FAULT(mutex, kUnlockedFault, {
    mutex.lock_shared();
    mutex.unlock();
  });
}

TYPED_TEST(SharedMutexDeathTest, ChangesOfWhatIsNotHeld) {
  if (!kChecks) GTEST_SKIP() << kNotChecked;
  TypeParam mutex;
  EXPECT_FAULT(mutex, "downgrade of a mutex without a writer", {
    mutex.lock_shared();
    mutex.downgrade();
  });
  EXPECT_FAULT(mutex, "upgrade of a mutex without readers", {
    mutex.lock();
    mutex.try_upgrade();
  });
}

TEST(QueuingMutexDeathTest, UnlockOfAnUnlockedMutex) {
  if (!kChecks) GTEST_SKIP() << kNotChecked;
  testing::FLAGS_gtest_death_test_style = "fast";
  QueuingMutex mutex;
  QueuingMutex::Node node;
  EXPECT_FAULT(mutex, kUnlockedFault, mutex.unlock(node));
}

TYPED_TEST(NoteDeathTest, DoubleWakeup) {
  TypeParam note;
  EXPECT_FAULT(note, "double wakeup", {
    note.wakeup();
    note.wakeup();
  });
}

TYPED_TEST(NoteDeathTest, DoubleWakeupAfterASleep) {
  TypeParam note;
  EXPECT_FAULT(note, "double wakeup", {
    Thread sleeper([&note] { note.sleep(); });
    sleeper.WaitAsleep();
    note.wakeup();
    sleeper.Join();
    note.wakeup();
  });
}

TYPED_TEST(NoteDeathTest, SecondSleeper) {
  if (!kChecks) GTEST_SKIP() << kNotChecked;
  TypeParam note;
  EXPECT_FAULT(note, "a second thread sleeps on it", {
    // Long enough that only the fault ends it.
    Thread first([&note] { note.sleep_for(std::chrono::seconds(60)); });
    first.WaitAsleep();
    note.sleep_for(std::chrono::seconds(60));
  });
}

using FatalDeathTest = DeathTest;

TEST_F(FatalDeathTest, WritesOneLine) {
  EXPECT_EXIT(internal::fatal("Type", nullptr, "fault"),
              KilledBySignal(SIGABRT), Eq(Line("Type", nullptr, "fault")));
  const void* top = reinterpret_cast<const void*>(UINTPTR_MAX);
  EXPECT_EXIT(internal::fatal("Type", top, "fault"), KilledBySignal(SIGABRT),
              Eq(Line("Type", top, "fault")));
}

TEST_F(FatalDeathTest, CutsWhatIsTooLong) {
  const std::string fault(1000, 'x');
  EXPECT_EXIT(internal::fatal("Type", nullptr, fault.c_str()),
              KilledBySignal(SIGABRT),
              testing::AllOf(testing::StartsWith("parkway: Type at 0x0: xxx"),
                             testing::SizeIs(testing::Le(256u))));
}

}  // namespace
}  // namespace parkway::test
