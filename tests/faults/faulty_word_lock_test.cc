// SPDX-License-Identifier: Apache-2.0

#include "tests/faults/fault_platform.h"
#include "tests/suites/word_lock_suite.h"

namespace parkway::test {
namespace {

using Kernels = testing::Types<Barrier>;
INSTANTIATE_TYPED_TEST_SUITE_P(Faults, WordLockSuite, Kernels);

}  // namespace
}  // namespace parkway::test
