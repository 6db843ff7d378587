// SPDX-License-Identifier: Apache-2.0

// What coroutine_frame.h is without coroutines, in C++17.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>
#include <string>

#include "parkway/stack/stack_class.h"
#include "parkway/stack/stack_freelist.h"
#include "parkway/std/coroutine_frame.h"

namespace parkway {
namespace {

template <class Frame>
void expect_frame(std::size_t bytes, std::size_t from_freelists) {
  SCOPED_TRACE(bytes);
  void* const frame = Frame::operator new(bytes);
  ASSERT_NE(frame, nullptr);
  std::memset(frame, 1, bytes);
  EXPECT_EQ(stack_stats().in_use, from_freelists);
  Frame::operator delete(frame, bytes);
  EXPECT_EQ(stack_stats().in_use, 0u);
}

template <class Frame>
void expect_usual_limits() {
  expect_frame<Frame>(1, 0);
  expect_frame<Frame>(2048, 0);
  expect_frame<Frame>(2049, 4096);
  expect_frame<Frame>(4097, 8192);
  expect_frame<Frame>(kMaxStackBytes, kMaxStackBytes);
  expect_frame<Frame>(kMaxStackBytes + 1, 0);
}

TEST(FrameAllocationTest, LargeFramesAreFromTheFreelists) {
  expect_usual_limits<coroutine_frame>();
  expect_usual_limits<coroutine_frame_or_empty<std::string>>();
}

TEST(FrameAllocationTest, TheLeastSizeIsTheUsers) {
  expect_frame<basic_coroutine_frame<1>>(1, 4096);
  expect_frame<basic_coroutine_frame<8192>>(8191, 0);
  expect_frame<basic_coroutine_frame<8192>>(8192, 8192);
  expect_frame<coroutine_frame_or_empty<int, 1>>(1, 4096);
}

TEST(FrameAllocationTest, AFailureGivesAnEmptyObject) {
  EXPECT_EQ(coroutine_frame_or_empty<
                std::string>::get_return_object_on_allocation_failure(),
            "");
}

}  // namespace
}  // namespace parkway
