// SPDX-License-Identifier: Apache-2.0

#include "parkway/lock/semaphore.h"

#include <gtest/gtest.h>

#include "parkway/task/task_platform.h"
#include "tests/suites/fault_report.h"
#include "tests/suites/jobs.h"
#include "tests/suites/semaphore_suite.h"

namespace parkway::test {
namespace {

using Cases = testing::Types<SemaphoreCase<Platform, ThreadJobs>,
                             SemaphoreCase<TaskPlatform, ThreadJobs>,
                             SemaphoreCase<TaskPlatform, TaskJobs<2>>,
                             SemaphoreCase<TaskPlatform, MixedJobs>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Core, SemaphoreSuite, Cases);

template <class Semaphore>
class SemaphoreDeathTest : public testing::Test {
 protected:
  void SetUp() override { testing::FLAGS_gtest_death_test_style = "fast"; }
};
using Semaphores = testing::Types<Semaphore, TaskSemaphore>;
TYPED_TEST_SUITE(SemaphoreDeathTest, Semaphores);

TYPED_TEST(SemaphoreDeathTest, MoreThanMax) {
  TypeParam semaphore(TypeParam::max());
  EXPECT_EXIT(semaphore.release(), Aborted,
              "Semaphore at 0x\\w+: more permits than max\\(\\)");
  EXPECT_EXIT(semaphore.release(TypeParam::max()), Aborted,
              "more permits than max\\(\\)");
  semaphore.acquire();
  EXPECT_EXIT(semaphore.release(2), Aborted, "more permits than max\\(\\)");
  EXPECT_EXIT(semaphore.release(PTRDIFF_MAX), Aborted,
              "more permits than max\\(\\)");
  semaphore.release();
}

TYPED_TEST(SemaphoreDeathTest, CountsThatCanNotBe) {
  TypeParam semaphore(1);
  EXPECT_EXIT(semaphore.release(-1), Aborted, "release of a negative count");
  const char* const made = "made with more permits than max\\(\\), or less";
  EXPECT_EXIT(TypeParam(-1), Aborted, made);
  EXPECT_EXIT(TypeParam(TypeParam::max() + 1), Aborted, made);
}

}  // namespace
}  // namespace parkway::test
