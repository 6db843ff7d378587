// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/cell_name.h"

#include <gtest/gtest.h>

namespace parkway_bench {
namespace {

TEST(CellName, IsTakenApart) {
  CellName parts;
  ASSERT_TRUE(ParseCellName("program/log_pipeline/stock/threads:16", &parts));
  EXPECT_EQ(parts.group, "program/log_pipeline");
  EXPECT_EQ(parts.subject, "stock");
  EXPECT_EQ(parts.threads, 16);
  ASSERT_TRUE(ParseCellName("G/tbb::open_file, read_file/threads:2", &parts));
  EXPECT_EQ(parts.group, "G");
  EXPECT_EQ(parts.subject, "tbb::open_file, read_file");
}

TEST(CellName, OthersAreNone) {
  for (const char* const name :
       {"", "/", "threads:1", "/threads:1", "a/threads:1", "/a/threads:1",
        "G//threads:1", "G/a/threads:", "G/a/threads:x", "G/a/threads:0",
        "G/a/threads:-1", "G/a", "BM_Mutex/8", "G/a/threads:1/real_time"}) {
    CellName parts;
    EXPECT_FALSE(ParseCellName(name, &parts)) << name;
  }
}

TEST(CellName, InWords) {
  EXPECT_EQ(Enumerate({}), "");
  EXPECT_EQ(Enumerate({"a"}), "a");
  EXPECT_EQ(Enumerate({"a", "b"}), "a and b");
  EXPECT_EQ(Enumerate({"a", "b", "c"}), "a, b and c");
  EXPECT_EQ(ThreadCounts({1}), "1 thread");
  EXPECT_EQ(ThreadCounts({2}), "2 threads");
  EXPECT_EQ(ThreadCounts({1, 2, 16}), "1, 2 and 16 threads");
}

TEST(CellName, ManyInFewerWords) {
  EXPECT_EQ(Condense({"G/a/threads:16", "G/a/threads:2", "H/b/threads:1",
                      "G/a/threads:4", "no name"}),
            (std::vector<std::string>{"G/a with 2, 4 and 16 threads",
                                      "H/b with 1 thread"}));
}

}  // namespace
}  // namespace parkway_bench
