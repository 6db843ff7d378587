// SPDX-License-Identifier: Apache-2.0

#include <mutex>

#include "tests/faults/fault_platform.h"
#include "tests/suites/cond_var_suite.h"

namespace parkway::test {

template <class Mutex>
inline constexpr int
    kCondVarRounds<CondVarTypes<BasicCondVar<Barrier>, Mutex>> = Rounds(3000);
template <class Mutex>
inline constexpr int
    kCondVarRounds<CondVarTypes<BasicCondVar<NoBarrier>, Mutex>> = Rounds(3000);

namespace {

using CondVars = testing::Types<
    CondVarTypes<BasicCondVar<Barrier>, BasicFutexMutex<Barrier>>,
    CondVarTypes<BasicCondVar<NoBarrier>, BasicFutexMutex<NoBarrier>>,
    CondVarTypes<BasicCondVar<Barrier>, BasicSemaMutex<Barrier>>,
    CondVarTypes<BasicCondVar<Barrier>, std::mutex>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Faults, CondVarSuite, CondVars);

}  // namespace
}  // namespace parkway::test
