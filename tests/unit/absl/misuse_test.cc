// SPDX-License-Identifier: Apache-2.0

// Misuse ends the program with one line: some of it in checked builds only.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parkway/absl/barrier.h"
#include "parkway/absl/blocking_counter.h"
#include "parkway/absl/mutex.h"
#include "parkway/absl/notification.h"
#include "parkway/base/checks.h"
#include "tests/suites/fault_report.h"
#include "tests/suites/not_emulated.h"
#include "tests/suites/regex.h"
#include "tests/suites/support.h"

namespace {

using namespace parkway::absl;  // NOLINT: the test is about all of it
using parkway::test::EndedByFault;
using parkway::test::IsReport;
using parkway::test::kNotChecked;
using parkway::test::MatchesRegex;

#define EXPECT_FAULT(statement, text)  \
  EXPECT_EXIT(statement, EndedByFault, \
              IsReport(MatchesRegex("parkway: " text "\n")))

class MisuseDeathTest : public testing::Test {};

TEST_F(MisuseDeathTest, AlwaysSeen) {
  Mutex mu;
  EXPECT_FAULT(mu.AssertHeld(), "Mutex at 0x[0-9a-f]+: thread should hold .*");
  EXPECT_FAULT(mu.AssertReaderHeld(),
               "Mutex at 0x[0-9a-f]+: thread should hold .*");
  EXPECT_FAULT(
      {
        Notification done(true);
        done.Notify();
      },
      "Notification at 0x[0-9a-f]+: .*second time");
  EXPECT_FAULT(BlockingCounter(-1), "BlockingCounter at .*negative");
  EXPECT_FAULT(
      {
        BlockingCounter none(0);
        none.DecrementCount();
      },
      "BlockingCounter at .*too many times");
  EXPECT_FAULT(
      {
        ReleasableMutexLock lock(&mu);
        lock.Release();
        lock.Release();
      },
      "ReleasableMutexLock at .*only be called once");
}

TEST_F(MisuseDeathTest, UnlockOfAnUnlockedMutex) {
  if (!parkway::kChecks) GTEST_SKIP() << kNotChecked;
  Mutex mu;
  EXPECT_FAULT(mu.Unlock(), "RwMutex at .*: unlock of an unlocked mutex");
  EXPECT_FAULT(mu.ReaderUnlock(), "RwMutex at .*: unlock_shared of a mutex .*");
}

TEST_F(MisuseDeathTest, DestructionWithWaiters) {
  if (!parkway::kChecks) GTEST_SKIP() << kNotChecked;
  EXPECT_FAULT(
      {
        auto* const mu = new Mutex;
        mu->Lock();
        // For ever: it would wait for ever, if the fault were not seen.
        auto* const waiter = new parkway::test::Thread([mu] { mu->Lock(); });
        waiter->WaitAsleep();
        delete mu;
      },
      "Mutex at .*: destroyed while threads wait for it");
}

TEST_F(MisuseDeathTest, NullConditions) {
  if (!parkway::kChecks) GTEST_SKIP() << kNotChecked;
  EXPECT_FAULT(Condition(static_cast<const bool*>(nullptr)),
               "Condition at .*: made of a null flag");
  EXPECT_FAULT(Condition(static_cast<bool (*)(void*)>(nullptr), nullptr),
               "Condition at .*: made of a null function");
  int number = 0;
  EXPECT_FAULT(Condition(static_cast<bool (*)(int*)>(nullptr), &number),
               "Condition at .*: made of a null function");
}

}  // namespace
