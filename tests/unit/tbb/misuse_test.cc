// SPDX-License-Identifier: Apache-2.0

// Misuse of a scoped_lock ends a checked build with one line. Others do what
// oneTBB does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "parkway/base/checks.h"
#include "parkway/tbb/mutex.h"
#include "parkway/tbb/queuing_mutex.h"
#include "parkway/tbb/queuing_rw_mutex.h"
#include "parkway/tbb/rw_mutex.h"
#include "parkway/tbb/spin_mutex.h"
#include "parkway/tbb/spin_rw_mutex.h"
#include "tests/suites/fault_report.h"
#include "tests/suites/not_emulated.h"
#include "tests/suites/regex.h"

namespace {

using parkway::kChecks;
using parkway::test::Aborted;
using parkway::test::MatchesRegex;

constexpr char kNotChecked[] =
    "this build has no misuse checks (--//bazel:checks=on has)";

// The whole of standard error.
std::string Line(const char* fault) {
  return std::string("parkway: scoped_lock at 0x[0-9a-f]+: ") + fault + "\n";
}

template <class Mutex>
class ScopedLockDeathTest : public testing::Test {};
using Mutexes =
    testing::Types<parkway::tbb::mutex, parkway::tbb::spin_mutex,
                   parkway::tbb::queuing_mutex, parkway::tbb::rw_mutex,
                   parkway::tbb::spin_rw_mutex, parkway::tbb::queuing_rw_mutex>;
TYPED_TEST_SUITE(ScopedLockDeathTest, Mutexes);

TYPED_TEST(ScopedLockDeathTest, ReleaseWithoutAcquire) {
  if (!kChecks) GTEST_SKIP() << kNotChecked;
  TypeParam m;
  typename TypeParam::scoped_lock lock;
  EXPECT_EXIT(lock.release(), Aborted,
              MatchesRegex(Line("release without acquire")));
  lock.acquire(m);
  lock.release();
  EXPECT_EXIT(lock.release(), Aborted,
              MatchesRegex(Line("release without acquire")));
}

TYPED_TEST(ScopedLockDeathTest, AcquireTwice) {
  if (!kChecks) GTEST_SKIP() << kNotChecked;
  TypeParam a;
  TypeParam b;
  typename TypeParam::scoped_lock lock(a);
  EXPECT_EXIT(
      lock.acquire(b), Aborted,
      MatchesRegex(Line("acquire by a scoped_lock that holds a mutex")));
  EXPECT_EXIT(
      lock.try_acquire(b), Aborted,
      MatchesRegex(Line("acquire by a scoped_lock that holds a mutex")));
}

template <class Mutex>
class RwScopedLockDeathTest : public testing::Test {};
using RwMutexes =
    testing::Types<parkway::tbb::rw_mutex, parkway::tbb::spin_rw_mutex,
                   parkway::tbb::queuing_rw_mutex>;
TYPED_TEST_SUITE(RwScopedLockDeathTest, RwMutexes);

TYPED_TEST(RwScopedLockDeathTest, DowngradeOfAReader) {
  TypeParam m;
  typename TypeParam::scoped_lock lock(m, /*write=*/false);
  if (kChecks) {
    EXPECT_EXIT(lock.downgrade_to_reader(), Aborted,
                MatchesRegex(Line("downgrade of a reader")));
  } else {
    EXPECT_TRUE(lock.downgrade_to_reader());
    EXPECT_FALSE(lock.is_writer());
  }
}

TYPED_TEST(RwScopedLockDeathTest, UpgradeOfAWriter) {
  TypeParam m;
  typename TypeParam::scoped_lock lock(m);
  if (kChecks) {
    EXPECT_EXIT(lock.upgrade_to_writer(), Aborted,
                MatchesRegex(Line("upgrade of a writer")));
  } else {
    EXPECT_TRUE(lock.upgrade_to_writer());
    EXPECT_TRUE(lock.is_writer());
  }
}

TYPED_TEST(RwScopedLockDeathTest, WithoutAcquire) {
  if (!kChecks) GTEST_SKIP() << kNotChecked;
  typename TypeParam::scoped_lock lock;
  EXPECT_EXIT(lock.upgrade_to_writer(), Aborted,
              MatchesRegex(Line("upgrade without acquire")));
  EXPECT_EXIT(lock.downgrade_to_reader(), Aborted,
              MatchesRegex(Line("downgrade without acquire")));
  EXPECT_EXIT(static_cast<void>(lock.is_writer()), Aborted,
              MatchesRegex(Line("is_writer without acquire")));
}

}  // namespace
