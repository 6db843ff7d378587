// SPDX-License-Identifier: Apache-2.0

#include "bench/programs/corpus.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace parkway_bench {
namespace {

namespace fs = std::filesystem;

class CorpusTest : public testing::Test {
 protected:
  void SetUp() override {
    const testing::TestInfo* info =
        testing::UnitTest::GetInstance()->current_test_info();
    root_ =
        fs::path(testing::TempDir()) / (std::string("corpus_") + info->name());
    fs::remove_all(root_);
    fs::create_directories(root_ / "sub");
  }
  void TearDown() override { fs::remove_all(root_); }

  void Write(const std::string& name, const std::string& content) {
    std::ofstream(root_ / name, std::ios::binary) << content;
  }

  fs::path root_;
  std::vector<TextFile> files_;
  std::string error_;
};

TEST_F(CorpusTest, FindsTextByNameAndSkipsTheRest) {
  Write("b.txt", "two");
  Write("sub/a.txt", "three");
  Write("empty.txt", "");
  Write("binary", std::string("\0\1", 2));
  fs::create_symlink(root_ / "b.txt", root_ / "a-link");
  ASSERT_TRUE(FindTextFiles(root_.string(), &files_, &error_)) << error_;
  ASSERT_EQ(files_.size(), 3u);
  EXPECT_EQ(files_[0].name, "a-link");
  EXPECT_EQ(files_[1].name, "b.txt");
  EXPECT_EQ(files_[2].name, "sub/a.txt");
  EXPECT_EQ(files_[2].bytes, 5u);
  std::string content;
  ASSERT_TRUE(ReadTextFile(files_[0].path, &content));
  EXPECT_EQ(content, "two");
}

TEST_F(CorpusTest, FindsAllFiles) {
  EXPECT_FALSE(FindFiles(root_.string(), &files_, &error_));
  EXPECT_NE(error_.find("no file in"), std::string::npos) << error_;
  Write("b.txt", "two");
  Write("sub/binary", std::string("\0\1", 2));
  Write("empty", "");
  ASSERT_TRUE(FindFiles(root_.string(), &files_, &error_)) << error_;
  ASSERT_EQ(files_.size(), 3u);
  EXPECT_EQ(files_[0].name, "b.txt");
  EXPECT_EQ(files_[1].name, "empty");
  EXPECT_EQ(files_[2].name, "sub/binary");
  EXPECT_EQ(files_[2].bytes, 2u);
}

TEST_F(CorpusTest, SaysWhyThereIsNothing) {
  EXPECT_FALSE(FindTextFiles(root_.string(), &files_, &error_));
  EXPECT_NE(error_.find("no readable text"), std::string::npos) << error_;
  EXPECT_FALSE(FindTextFiles((root_ / "missing").string(), &files_, &error_));
  EXPECT_NE(error_.find("does not exist"), std::string::npos) << error_;
  Write("file", "x");
  EXPECT_FALSE(FindTextFiles((root_ / "file").string(), &files_, &error_));
  EXPECT_NE(error_.find("not a directory"), std::string::npos) << error_;
  std::string content;
  EXPECT_FALSE(ReadTextFile((root_ / "missing").string(), &content));
}

}  // namespace
}  // namespace parkway_bench
