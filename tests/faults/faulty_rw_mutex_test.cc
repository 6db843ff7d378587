// SPDX-License-Identifier: Apache-2.0

#include "tests/faults/fault_platform.h"
#include "tests/suites/rw_mutex_suite.h"
#include "tests/suites/rw_mutex_time_suite.h"

namespace parkway::test {

template <>
inline constexpr bool kMixedPriorities<TwoPriorities> = true;

namespace {

using Platforms = testing::Types<Barrier, NoBarrier, TwoPriorities>;
INSTANTIATE_TYPED_TEST_SUITE_P(Faults, RwMutexSuite, Platforms);
INSTANTIATE_TYPED_TEST_SUITE_P(Faults, RwMutexTimeSuite, Platforms);

}  // namespace
}  // namespace parkway::test
