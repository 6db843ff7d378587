// SPDX-License-Identifier: Apache-2.0

#include "parkway/note.h"

#include <type_traits>

#include "tests/suites/note_suite.h"

namespace parkway::test {
namespace {

using Notes = testing::Types<FutexNote, SemaNote>;
INSTANTIATE_TYPED_TEST_SUITE_P(Core, NoteSuite, Notes);

// The alias is one of the two, so a third run of the suite would say nothing.
TEST(Note, IsWhatThePlatformPrefers) {
  constexpr bool kFutex = std::is_same_v<Note, FutexNote>;
  constexpr bool kSema = std::is_same_v<Note, SemaNote>;
  EXPECT_EQ(kSema, PARKWAY_USE_SEMA != 0);
  EXPECT_NE(kFutex, kSema);
}

TEST(Note, SleepsAndWakes) {
  Note note;
  EXPECT_FALSE(note.sleep_for(std::chrono::nanoseconds(0)));
  note.wakeup();
  EXPECT_TRUE(note.sleep_for(std::chrono::nanoseconds(0)));
}

}  // namespace
}  // namespace parkway::test
