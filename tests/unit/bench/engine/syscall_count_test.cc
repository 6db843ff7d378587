// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/syscall_count.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace parkway_bench {
namespace {

TEST(SyscallCount, CountsOnlyWithinTheSections) {
  const std::optional<long> count = CountSyscalls([] {
    syscall(SYS_getpid);
    MarkCountedSection();
    syscall(SYS_getpid);
    syscall(SYS_getpid);
    MarkCountedSection();
    syscall(SYS_getpid);
    MarkCountedSection();
    MarkCountedSection();
  });
  if (!count.has_value()) {
    GTEST_SKIP() << "this system does not let us watch a child";
  }
  EXPECT_EQ(*count, 2);
}

TEST(SyscallCount, AChildThatFailsGivesNoNumber) {
  EXPECT_FALSE(CountSyscalls([] { _exit(3); }).has_value());
}

}  // namespace
}  // namespace parkway_bench
