// SPDX-License-Identifier: Apache-2.0

#include "tests/faults/fault_platform.h"
#include "tests/suites/note_suite.h"

namespace parkway::test {

template <>
inline constexpr int kNoteRounds<BasicFutexNote<Barrier>> = Rounds(3000);
template <>
inline constexpr int kNoteRounds<BasicSemaNote<Barrier>> = Rounds(3000);

namespace {

using Notes = testing::Types<BasicFutexNote<Barrier>, BasicSemaNote<Barrier>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Faults, NoteSuite, Notes);

}  // namespace
}  // namespace parkway::test
