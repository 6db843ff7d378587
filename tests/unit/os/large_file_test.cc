// SPDX-License-Identifier: Apache-2.0

// Files of more than 2 GiB, also where the C library's own offsets would have
// 32 bits: cut off, a read would come from another place without a word.
#define _FILE_OFFSET_BITS 64

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "parkway/os/file.h"

namespace parkway::os {
namespace {

TEST(LargeFile, OffsetsHave64Bits) {
  constexpr off_t kFar = off_t{5} << 30;
  const std::string path =
      testing::TempDir() + "/parkway_large_file." + std::to_string(getpid());
  const int written =
      open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
  ASSERT_GE(written, 0) << errno;
  // A file with a hole.
  const bool there = pwrite(written, "x", 1, kFar) == 1;
  const int error = errno;
  close(written);
  const int file = open_file(path.c_str(), O_RDONLY, 0);
  const int open_error = errno;
  unlink(path.c_str());
  if (!there) GTEST_SKIP() << "no file of 5 GiB here: error " << error;
  ASSERT_GE(file, 0) << open_error;
  char buffer[2] = {};
  EXPECT_EQ(pread_file(file, buffer, 2, kFar), 1);
  EXPECT_EQ(buffer[0], 'x');
  close(file);
}

}  // namespace
}  // namespace parkway::os
