// SPDX-License-Identifier: Apache-2.0

// The suites of the locks, as programs have them, over the system that is
// linked.
#include "parkway/lock/cond_var.h"
#include "parkway/lock/semaphore.h"
#include "parkway/mutex.h"
#include "parkway/note.h"
#include "tests/suites/cond_var_suite.h"
#include "tests/suites/mutex_suite.h"
#include "tests/suites/note_suite.h"
#include "tests/suites/semaphore_suite.h"
#include "tests/suites/thread_jobs.h"

namespace parkway::test {

// Fewer than elsewhere: every sleep and wake goes through one lock.
template <>
inline constexpr int kSections<FutexMutex> = Rounds(3000);
template <>
inline constexpr int kSections<SemaMutex> = Rounds(3000);
template <>
inline constexpr int kNoteRounds<FutexNote> = Rounds(400);
template <>
inline constexpr int kNoteRounds<SemaNote> = Rounds(400);
template <class Mutex>
inline constexpr int kCondVarRounds<CondVarTypes<CondVar, Mutex>> = Rounds(400);

namespace {

using Mutexes = testing::Types<FutexMutex, SemaMutex>;
INSTANTIATE_TYPED_TEST_SUITE_P(StandIn, MutexSuite, Mutexes);

using Notes = testing::Types<FutexNote, SemaNote>;
INSTANTIATE_TYPED_TEST_SUITE_P(StandIn, NoteSuite, Notes);

using CondVars = testing::Types<CondVarTypes<CondVar, FutexMutex>,
                                CondVarTypes<CondVar, SemaMutex>>;
INSTANTIATE_TYPED_TEST_SUITE_P(StandIn, CondVarSuite, CondVars);

using Semaphores = testing::Types<SemaphoreCase<Platform, ThreadJobs>>;
INSTANTIATE_TYPED_TEST_SUITE_P(StandIn, SemaphoreSuite, Semaphores);

}  // namespace
}  // namespace parkway::test
