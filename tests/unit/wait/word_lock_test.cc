// SPDX-License-Identifier: Apache-2.0

#include "tests/suites/word_lock_suite.h"

namespace parkway::test {
namespace {

using Production = testing::Types<BasePlatform>;
INSTANTIATE_TYPED_TEST_SUITE_P(Production, WordLockSuite, Production);

static_assert(sizeof(WordLock) == 4);

}  // namespace
}  // namespace parkway::test
