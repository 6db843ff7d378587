// SPDX-License-Identifier: Apache-2.0

#include "tests/faults/fault_platform.h"
#include "tests/suites/mutex_suite.h"

namespace parkway::test {

// Slow: every step may pause.
template <Membarrier kBarrier>
inline constexpr int kSections<BasicFutexMutex<FaultPlatform<kBarrier>>> =
    Rounds(15000);
template <Membarrier kBarrier>
inline constexpr int kSections<BasicByteMutex<FaultPlatform<kBarrier>>> =
    Rounds(15000);
template <Membarrier kBarrier>
inline constexpr int kSections<BasicSemaMutex<FaultPlatform<kBarrier>>> =
    Rounds(15000);

namespace {

using Mutexes =
    testing::Types<BasicFutexMutex<Barrier>, BasicFutexMutex<NoBarrier>,
                   BasicSemaMutex<Barrier>, BasicByteMutex<Barrier>,
                   BasicByteMutex<NoBarrier>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Faults, MutexSuite, Mutexes);

}  // namespace
}  // namespace parkway::test
