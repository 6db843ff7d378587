// The task types in plain threads: all that the thread types promise.
#include "parkway/task_platform.h"
#include "tests/plugin/cond_var_suite.h"
#include "tests/plugin/mutex_suite.h"
#include "tests/plugin/note_suite.h"
#include "tests/plugin/shared_mutex_suite.h"

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
