// SPDX-License-Identifier: Apache-2.0

// The task types, and Semaphore, under faults: in tasks, in threads, in both.
#include "tests/faults/fault_platform.h"
#include "tests/faults/fault_task_platform.h"
#include "tests/suites/mutex_suite.h"
#include "tests/suites/task_suite.h"

namespace parkway::test {

using WithBarrier = FaultTaskTypes<Membarrier::kWorks>;
using WithoutBarrier = FaultTaskTypes<Membarrier::kMissing>;
// The thread types that the suite asks for.
using Threads = TaskTypes<BasicFutexMutex<Barrier>, BasicRwMutex<Barrier>,
                          BasicCondVar<Barrier>, BasicSemaphore<Barrier>,
                          BasicFutexNote<Barrier>>;

// Slow: every step may pause.
template <>
inline constexpr int kTaskRounds<WithBarrier> = Rounds(12000);
template <>
inline constexpr int kTaskRounds<WithoutBarrier> = Rounds(12000);
template <>
inline constexpr int kTaskRounds<Threads> = Rounds(12000);
template <>
inline constexpr int kSections<WithBarrier::Mutex> = Rounds(6000);
template <>
inline constexpr int kSections<WithoutBarrier::Mutex> = Rounds(6000);

namespace {

// A thread that pauses seems to sleep, and without a barrier waiters queue anew
// each millisecond: only tasks with one are known to be in order.
using Cases = testing::Types<TaskCase<TaskJobs<1>, WithBarrier>,
                             TaskCase<TaskJobs<2>, WithBarrier>,
                             TaskCase<TaskJobs<2>, WithoutBarrier, false>,
                             TaskCase<MixedJobs, WithBarrier, false>,
                             TaskCase<MixedJobs, WithoutBarrier, false>,
                             TaskCase<ThreadJobs, Threads, false>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Faults, TaskSuite, Cases);

using Mutexes = testing::Types<WithBarrier::Mutex, WithoutBarrier::Mutex>;
INSTANTIATE_TYPED_TEST_SUITE_P(Faults, MutexSuite, Mutexes);

}  // namespace
}  // namespace parkway::test
