// SPDX-License-Identifier: Apache-2.0

// Misuse of stacks in checked builds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "parkway/base/checks.h"
#include "parkway/stack/stack_class.h"
#include "parkway/stack/stack_freelist.h"
#include "tests/suites/not_emulated.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

using testing::Eq;
using testing::KilledBySignal;

constexpr std::size_t kBytes = 65536;

std::string Line(const char* type, const void* object, const char* fault) {
  char line[256];
  std::snprintf(
      line, sizeof(line), "parkway: %s at 0x%llx: %s\n", type,
      static_cast<unsigned long long>(reinterpret_cast<std::uintptr_t>(object)),
      fault);
  return line;
}

// The compiler must not see what is wrong.
[[gnu::noinline]] void Free(void* stack, std::size_t bytes,
                            StackGuard guard = StackGuard::kPage) {
  asm volatile("" : "+r"(stack), "+r"(bytes));
  stack_free(stack, bytes, guard);
}

class StackDeathTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!kChecks) {
      GTEST_SKIP() << "this build has no misuse checks (--//bazel:checks=on "
                      "has)";
    }
    testing::FLAGS_gtest_death_test_style = "fast";
    stack_ = static_cast<char*>(stack_alloc(kBytes));
  }
  void TearDown() override {
    if (kChecks) Free(stack_, kBytes);
  }
  char* stack_ = nullptr;
};

TEST_F(StackDeathTest, WrongSize) {
  const std::string line =
      Line("stack", stack_,
           "freed with a size or guard that it was not allocated with");
  EXPECT_EXIT(Free(stack_, kBytes + 1), KilledBySignal(SIGABRT), Eq(line));
  EXPECT_EXIT(Free(stack_, kBytes / 2), KilledBySignal(SIGABRT), Eq(line));
  EXPECT_EXIT(Free(stack_, SIZE_MAX), KilledBySignal(SIGABRT), Eq(line));
  EXPECT_EXIT(Free(stack_, kBytes, StackGuard::kNone), KilledBySignal(SIGABRT),
              Eq(line));
}

// The next size that is the same class is the right one.
TEST_F(StackDeathTest, AnotherSizeOfTheClassIsRight) {
  Free(stack_, kBytes - 100);
  stack_ = static_cast<char*>(stack_alloc(kBytes));
}

TEST_F(StackDeathTest, DoubleFree) {
  EXPECT_EXIT(
      {
        Free(stack_, kBytes);
        Free(stack_, kBytes);
      },
      KilledBySignal(SIGABRT), Eq(Line("stack", stack_, "freed twice")));
}

// Long after: it has left the thread's freelist, or its memory is gone.
TEST_F(StackDeathTest, LateDoubleFree) {
  for (const std::size_t shared_bytes : {std::size_t{64} << 20, {}}) {
    EXPECT_EXIT(
        {
          StackLimits limits;
          limits.shared_bytes = shared_bytes;
          set_stack_limits(limits);
          // A neighbour that keeps the chunk.
          stack_alloc(kBytes);
          std::vector<void*> others(200);
          for (void*& other : others) other = stack_alloc(kBytes);
          Free(stack_, kBytes);
          for (void* other : others) Free(other, kBytes);
          Free(stack_, kBytes);
        },
        KilledBySignal(SIGABRT), Eq(Line("stack", stack_, "freed twice")));
  }
}

TEST_F(StackDeathTest, ForeignPointer) {
  const char* const kFault = "freed, but not from stack_alloc()";
  char mine[64];
  EXPECT_EXIT(Free(mine, kBytes), KilledBySignal(SIGABRT),
              Eq(Line("stack", mine, kFault)));
  const std::vector<char> heap(2 * kBytes);
  EXPECT_EXIT(Free(const_cast<char*>(heap.data()), kBytes),
              KilledBySignal(SIGABRT), Eq(Line("stack", heap.data(), kFault)));
}

TEST_F(StackDeathTest, MiddleOfAStack) {
  EXPECT_EXIT(
      Free(stack_ + 4096, kBytes), KilledBySignal(SIGABRT),
      Eq(Line("stack", stack_ + 4096, "freed, but it does not begin here")));
}

TEST_F(StackDeathTest, WrittenToAfterFree) {
  EXPECT_EXIT(
      {
        Free(stack_, kBytes);
        for (int i = 1; i <= 64; ++i) stack_[kBytes - i] = 0x55;
        stack_alloc(kBytes);
      },
      KilledBySignal(SIGABRT),
      Eq(Line("stack that ends", stack_ + kBytes,
              "written to after it was freed")));
}

}  // namespace
}  // namespace parkway::test
