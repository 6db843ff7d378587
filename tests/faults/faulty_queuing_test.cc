// SPDX-License-Identifier: Apache-2.0

#include "parkway/lock/queuing_mutex_slow.h"
#include "parkway/lock/queuing_rw_mutex_slow.h"
#include "tests/faults/fault_platform.h"
#include "tests/suites/queuing_mutex_suite.h"
#include "tests/suites/shared_mutex_suite.h"

namespace parkway::test {

// Slow: every step may pause.
template <Membarrier kBarrier>
inline constexpr int kQueuingSections<FaultPlatform<kBarrier>> = Rounds(2000);
template <Membarrier kBarrier>
inline constexpr int kSharedSections<BasicRwMutex<FaultPlatform<kBarrier>>> =
    Rounds(4000);
template <Membarrier kBarrier>
inline constexpr int
    kSharedSections<BasicQueuingRwMutex<FaultPlatform<kBarrier>>> =
        Rounds(4000);

namespace {

using Platforms = testing::Types<Barrier>;
INSTANTIATE_TYPED_TEST_SUITE_P(Faults, QueuingMutexSuite, Platforms);

using Shared = testing::Types<BasicRwMutex<Barrier>, BasicRwMutex<NoBarrier>,
                              BasicQueuingRwMutex<Barrier>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Faults, SharedMutexSuite, Shared);

}  // namespace
}  // namespace parkway::test
