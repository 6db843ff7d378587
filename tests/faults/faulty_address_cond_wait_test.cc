// SPDX-License-Identifier: Apache-2.0

#include <mutex>

#include "parkway/wait/address_cond_wait_slow.h"
#include "tests/faults/fault_platform.h"
#include "tests/suites/address_cond_var.h"
#include "tests/suites/cond_var_suite.h"

namespace parkway::test {

template <class P>
inline constexpr bool kAsksClocksAgain<AddressCondVar<P>> = false;
template <class P, class Mutex>
inline constexpr int kCondVarRounds<CondVarTypes<AddressCondVar<P>, Mutex>> =
    Rounds(3000);

namespace {

using CondVars = testing::Types<
    CondVarTypes<AddressCondVar<Barrier>, BasicFutexMutex<Barrier>>,
    CondVarTypes<AddressCondVar<NoBarrier>, BasicFutexMutex<NoBarrier>>,
    CondVarTypes<AddressCondVar<Barrier>, std::mutex>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Faults, CondVarSuite, CondVars);

}  // namespace
}  // namespace parkway::test
