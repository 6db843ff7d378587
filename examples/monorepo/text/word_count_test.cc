// SPDX-License-Identifier: Apache-2.0

#include "text/word_count.h"

#include <vector>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace example {
namespace {

TEST(WordCount, SameForAnyNumberOfThreads) {
  std::vector<absl::Cord> texts;
  for (int i = 0; i < 500; ++i) {
    texts.push_back(absl::Cord("the lock, the key"));
    texts.back().Append(absl::StrCat(" and the ", i % 2 ? "door" : "gate"));
  }
  for (int threads : {1, 2, 7}) {
    EXPECT_EQ(CountWords(texts, " ,", threads),
              "1500 the\n500 and\n500 key\n500 lock\n250 door\n250 gate\n");
  }
}

TEST(WordCount, NothingToCount) { EXPECT_EQ(CountWords({}, " ", 2), ""); }

}  // namespace
}  // namespace example
