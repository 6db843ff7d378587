// SPDX-License-Identifier: Apache-2.0

// The task types in plain threads: all that the thread types promise.
#include "parkway/task/task_platform.h"
#include "tests/suites/cond_var_suite.h"
#include "tests/suites/mutex_suite.h"
#include "tests/suites/note_suite.h"
#include "tests/suites/shared_mutex_suite.h"

namespace parkway::test {
namespace {

INSTANTIATE_TYPED_TEST_SUITE_P(Task, MutexSuite, TaskMutex);
INSTANTIATE_TYPED_TEST_SUITE_P(Task, SharedMutexSuite, TaskRwMutex);
INSTANTIATE_TYPED_TEST_SUITE_P(Task, NoteSuite, TaskNote);

using CondVars = testing::Types<CondVarTypes<TaskCondVar, TaskMutex>,
                                CondVarTypes<TaskCondVar, std::mutex>,
                                CondVarTypes<TaskCondVar, TaskRwMutex>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Task, CondVarSuite, CondVars);

}  // namespace
}  // namespace parkway::test
