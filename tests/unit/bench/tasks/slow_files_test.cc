// SPDX-License-Identifier: Apache-2.0

#include "bench/tasks/slow_files.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "bench/engine/runfiles.h"

namespace parkway_bench {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr std::size_t kBytes = 200'000;  // no whole number of pages

// Those of such files: others may come and go meanwhile.
std::string Mounts() {
  std::ifstream file("/proc/self/mounts");
  std::string mounts;
  for (std::string line; std::getline(file, line);) {
    if (line.find(" fuse") != std::string::npos) mounts += line + "\n";
  }
  return mounts;
}

// Of all calls that it takes.
std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class SlowFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(FindRunfile("bench/tasks/slow_file_server"), "");
    const std::string why = SlowFiles::WhyNot();
    if (!why.empty()) {
      GTEST_SKIP() << why;
    }
  }
};

TEST_F(SlowFilesTest, HaveTheirContent) {
  const SlowFiles files(3, kBytes, microseconds(0));
  ASSERT_EQ(files.error(), "");
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(ReadAll(files.path(i)), std::string(kBytes, 'x')) << i;
  }
}

TEST_F(SlowFilesTest, AreNoMoreThanAskedForAndReadOnly) {
  const SlowFiles files(3, kBytes, microseconds(0));
  ASSERT_EQ(files.error(), "");
  for (const std::string& path :
       {files.path(3), files.path(-1), files.path(0) + "0"}) {
    EXPECT_EQ(open(path.c_str(), O_RDONLY | O_CLOEXEC), -1) << path;
    EXPECT_EQ(errno, ENOENT) << path;
  }
  EXPECT_EQ(open(files.path(0).c_str(), O_RDWR | O_CLOEXEC), -1);
}

// Each time it is opened: the page cache does not keep it.
TEST_F(SlowFilesTest, TakeTheirTime) {
  constexpr milliseconds kDelay(20);
  const SlowFiles files(1, 4096, kDelay);
  ASSERT_EQ(files.error(), "");
  for (int i = 0; i < 3; ++i) {
    const Clock::time_point start = Clock::now();
    EXPECT_EQ(ReadAll(files.path(0)).size(), 4096u);
    EXPECT_GE(Clock::now() - start, kDelay);
  }
}

// One after the other would take longer than a test may.
TEST_F(SlowFilesTest, AreReadAtTheSameTime) {
  constexpr int kFiles = 100;
  const SlowFiles files(kFiles, 4096, milliseconds(2000));
  ASSERT_EQ(files.error(), "");
  std::vector<std::size_t> sizes(kFiles);
  {
    std::vector<std::thread> readers;
    for (int i = 0; i < kFiles; ++i) {
      readers.emplace_back([&, i] {
        sizes[static_cast<std::size_t>(i)] = ReadAll(files.path(i)).size();
      });
    }
    for (std::thread& reader : readers) {
      reader.join();
    }
  }
  EXPECT_THAT(sizes, testing::Each(4096u));
}

TEST_F(SlowFilesTest, LeaveNothingBehind) {
  const std::string before = Mounts();
  std::string path;
  {
    const SlowFiles files(1, kBytes, microseconds(0));
    ASSERT_EQ(files.error(), "");
    path = files.path(0);
    EXPECT_EQ(access(path.c_str(), R_OK), 0);
    EXPECT_EQ(Mounts(), before);
  }
  EXPECT_NE(access(path.c_str(), F_OK), 0);
  EXPECT_EQ(Mounts(), before);
}

TEST(SlowFiles, WrongArguments) {
  const SlowFiles files(0, kBytes, microseconds(0));
  EXPECT_THAT(files.error(), testing::HasSubstr("usage: "));
}

}  // namespace
}  // namespace parkway_bench
