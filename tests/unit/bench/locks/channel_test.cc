// SPDX-License-Identifier: Apache-2.0

#include "bench/locks/channel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <string>
#include <thread>
#include <vector>

#include "bench/engine/allocation_count.h"

namespace parkway_bench {
namespace {

template <typename Lock>
class ChannelTest : public testing::Test {};

using AllLocks = testing::Types<parkway::FutexMutex, parkway::SemaMutex,
                                std::mutex, absl::Mutex, tbb::mutex,
                                tbb::spin_mutex, tbb::queuing_mutex>;

// ChannelTest/absl_Mutex.*: a ':' would mean something to --gtest_filter.
struct LockName {
  template <typename Lock>
  static std::string GetName(int) {
    std::string name = Traits<Lock>::kName;
    const std::size_t colons = name.find("::");
    return colons == std::string::npos ? name : name.replace(colons, 2, "_");
  }
};
TYPED_TEST_SUITE(ChannelTest, AllLocks, LockName);

TYPED_TEST(ChannelTest, KeepsTheOrder) {
  auto* const channel = Channel<TypeParam>::Create(3);
  for (std::uint64_t round = 0; round < 5; ++round) {
    channel->Send(round);
    channel->Send(round + 100);
    EXPECT_EQ(channel->Receive(), round);
    EXPECT_EQ(channel->Receive(), round + 100);
  }
  Channel<TypeParam>::Destroy(channel);
}

TYPED_TEST(ChannelTest, IsOneAllocation) {
  const std::uint64_t before = AllocationsOfThisThread();
  auto* const channel = Channel<TypeParam>::Create(1);
  channel->Send(1);
  channel->Receive();
  Channel<TypeParam>::Destroy(channel);
  EXPECT_EQ(AllocationsOfThisThread() - before, 1u);
}

TYPED_TEST(ChannelTest, LosesNothingWhenBothEndsWait) {
  constexpr std::uint64_t kElements = 2000;
  constexpr int kPairs = 2;
  auto* const channel = Channel<TypeParam>::Create(1);
  std::atomic<std::uint64_t> sum{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kPairs; ++i) {
    threads.emplace_back([&] {
      for (std::uint64_t element = 1; element <= kElements; ++element) {
        channel->Send(element);
      }
    });
    threads.emplace_back([&] {
      for (std::uint64_t n = 0; n < kElements; ++n) {
        sum += channel->Receive();
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(sum, kPairs * kElements * (kElements + 1) / 2);
  Channel<TypeParam>::Destroy(channel);
}

}  // namespace
}  // namespace parkway_bench
