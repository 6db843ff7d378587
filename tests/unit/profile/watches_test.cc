// SPDX-License-Identifier: Apache-2.0

#include "parkway/profile/watches.h"

#include <gtest/gtest.h>

#include "parkway/os/os.h"

namespace parkway::internal {
namespace {

Stack StackOf(int frame) {
  Stack stack = {};
  stack.frames[0] = reinterpret_cast<void*>(static_cast<std::uintptr_t>(frame));
  stack.depth = 1;
  return stack;
}

TEST(Watches, GiveTheLastReleaser) {
  int lock = 0;
  const std::int64_t start = os::nanotime();
  EXPECT_FALSE(is_watched(&lock));
  const std::int32_t number = watch(&lock);
  ASSERT_GE(number, 0);
  EXPECT_TRUE(is_watched(&lock));
  note_releaser(&lock, StackOf(1));
  note_releaser(&lock, StackOf(2));
  Stack found;
  end_watch(number, start, &found);
  EXPECT_TRUE(found == StackOf(2));
  EXPECT_FALSE(is_watched(&lock));
}

TEST(Watches, AreSharedByAllThatWaitForALock) {
  int lock = 0;
  const std::int64_t start = os::nanotime();
  const std::int32_t first = watch(&lock);
  ASSERT_GE(first, 0);
  EXPECT_EQ(watch(&lock), first);
  note_releaser(&lock, StackOf(3));
  Stack found;
  end_watch(first, start, &found);
  EXPECT_TRUE(is_watched(&lock));
  end_watch(first, start, &found);
  EXPECT_TRUE(found == StackOf(3));
  EXPECT_FALSE(is_watched(&lock));
}

TEST(Watches, DoNotGiveAReleaseBeforeTheWait) {
  int lock = 0;
  const std::int64_t start = os::nanotime();
  const std::int32_t first = watch(&lock);
  note_releaser(&lock, StackOf(4));
  Stack found;
  end_watch(first, start, &found);
  const std::int32_t second = watch(&lock);
  end_watch(second, os::nanotime() + 1, &found);
  EXPECT_EQ(found.depth, 0);
}

// Of many locks some hash to one place. The second is not watched, and does not
// get the releasers of the first.
TEST(Watches, HaveNoPlaceForASecondLock) {
  static int locks[10000];
  const std::int32_t first = watch(&locks[0]);
  ASSERT_GE(first, 0);
  int not_watched = 0;
  for (int i = 1; i < 10000; ++i) {
    const std::int32_t number = watch(&locks[i]);
    if (number == -1) {
      ++not_watched;
      note_releaser(&locks[i], StackOf(5));
    } else {
      Stack none;
      end_watch(number, 0, &none);
    }
  }
  EXPECT_GT(not_watched, 0);
  Stack found;
  end_watch(first, 0, &found);
  EXPECT_EQ(found.depth, 0);
  end_watch(-1, 0, &found);
  EXPECT_EQ(found.depth, 0);
}

}  // namespace
}  // namespace parkway::internal
