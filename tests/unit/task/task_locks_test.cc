// SPDX-License-Identifier: Apache-2.0

// The task types in tasks, with fewer and more workers, and mixed with threads.
#include "parkway/task/task_platform.h"
#include "tests/suites/jobs.h"
#include "tests/suites/task_suite.h"

namespace parkway::test {
namespace {

using Types =
    TaskTypes<TaskMutex, TaskRwMutex, TaskCondVar, TaskSemaphore, TaskNote>;
using Cases =
    testing::Types<TaskCase<TaskJobs<1>, Types>, TaskCase<TaskJobs<2>, Types>,
                   TaskCase<TaskJobs<4>, Types>, TaskCase<MixedJobs, Types>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Tiny, TaskSuite, Cases);

}  // namespace
}  // namespace parkway::test
