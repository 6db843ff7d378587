// SPDX-License-Identifier: Apache-2.0

// The task types in plain threads: all that the thread types promise.
#include "parkway/task/task_platform.h"
#include "tests/suites/cond_var_suite.h"
#include "tests/suites/mutex_suite.h"
#include "tests/suites/note_suite.h"
#include "tests/suites/shared_mutex_suite.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

INSTANTIATE_TYPED_TEST_SUITE_P(Task, MutexSuite, TaskMutex);
INSTANTIATE_TYPED_TEST_SUITE_P(Task, SharedMutexSuite, TaskRwMutex);
INSTANTIATE_TYPED_TEST_SUITE_P(Task, NoteSuite, TaskNote);

using CondVars = testing::Types<CondVarTypes<TaskCondVar, TaskMutex>,
                                CondVarTypes<TaskCondVar, std::mutex>,
                                CondVarTypes<TaskCondVar, TaskRwMutex>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Task, CondVarSuite, CondVars);

template <class T>
class TaskTypesOnOneCpu : public testing::Test {};
using Mutexes = testing::Types<TaskMutex, TaskRwMutex>;
TYPED_TEST_SUITE(TaskTypesOnOneCpu, Mutexes);

// There is no spinning then, and tasks do not yield.
TYPED_TEST(TaskTypesOnOneCpu, AreTakenAfterAWait) {
  if (!kHasFork) GTEST_SKIP() << "this system has no fork()";
  EXPECT_EQ(RunInChild([] {
              if (!PinToOneCpu()) return 1;
              TypeParam mutex;
              long counter = 0;
              for (int round = 0; round < 20; ++round) {
                mutex.lock();
                Thread waiter([&] {
                  mutex.lock();
                  ++counter;
                  mutex.unlock();
                });
                waiter.WaitAsleep();
                mutex.unlock();
              }
              return counter == 20 ? 0 : 2;
            }),
            0);
}

}  // namespace
}  // namespace parkway::test
