// SPDX-License-Identifier: Apache-2.0

#include "parkway/std/memory_resource.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <list>
#include <memory_resource>
#include <new>
#include <string>
#include <vector>

#include "parkway/stack/stack_class.h"
#include "parkway/stack/stack_freelist.h"
#include "tests/suites/support.h"

namespace parkway {
namespace {

// Counts what gets through to it.
class Counting : public std::pmr::memory_resource {
 public:
  int blocks = 0;
  std::size_t bytes = 0;

 private:
  void* do_allocate(std::size_t n, std::size_t alignment) override {
    ++blocks;
    bytes += n;
    return std::pmr::new_delete_resource()->allocate(n, alignment);
  }
  void do_deallocate(void* block, std::size_t n,
                     std::size_t alignment) override {
    --blocks;
    bytes -= n;
    std::pmr::new_delete_resource()->deallocate(block, n, alignment);
  }
  bool do_is_equal(
      const std::pmr::memory_resource& other) const noexcept override {
    return this == &other;
  }
};

std::uint64_t in_use(std::size_t bytes) {
  return stack_stats(bytes, StackGuard::kNone).in_use;
}

class StackResourceTest : public testing::Test {
 protected:
  ~StackResourceTest() override {
    EXPECT_EQ(stack_stats().in_use, 0u);
    EXPECT_EQ(upstream_.blocks, 0);
    EXPECT_EQ(upstream_.bytes, 0u);
  }
  Counting upstream_;
};

struct Block {
  std::size_t bytes;
  std::size_t alignment;
  bool ours;
};

class StackResourceBlocks : public StackResourceTest,
                            public testing::WithParamInterface<Block> {};
INSTANTIATE_TEST_SUITE_P(
    All, StackResourceBlocks,
    testing::Values(Block{0, 1, false}, Block{1, 1, false},
                    Block{2048, 16, false}, Block{2049, 16, true},
                    Block{4096, 4096, true}, Block{4096, 8192, false},
                    Block{4097, 64, true}, Block{100000, 8, true},
                    Block{kMaxStackBytes, 4096, true},
                    Block{kMaxStackBytes + 1, 16, false}));

TEST_P(StackResourceBlocks, ComeFromTheFreelistsOrUpstream) {
  const Block block = GetParam();
  stack_resource resource(&upstream_);
  void* const memory = resource.allocate(block.bytes, block.alignment);
  ASSERT_NE(memory, nullptr);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory) % block.alignment, 0u);
  std::memset(memory, 0x5a, block.bytes);
  EXPECT_EQ(upstream_.blocks, block.ours ? 0 : 1);
  EXPECT_EQ(stack_stats().in_use, block.ours ? stack_size(block.bytes) : 0);
  resource.deallocate(memory, block.bytes, block.alignment);
}

TEST_F(StackResourceTest, LargestIsTheUsers) {
  stack_resource resource(&upstream_, 65536);
  EXPECT_EQ(resource.largest(), 65536u);
  EXPECT_EQ(resource.upstream(), &upstream_);
  void* const at_most = resource.allocate(65536);
  EXPECT_EQ(in_use(65536), 65536u);
  void* const above = resource.allocate(65537);
  EXPECT_EQ(upstream_.bytes, 65537u);
  resource.deallocate(at_most, 65536);
  resource.deallocate(above, 65537);
  EXPECT_EQ(stack_resource(&upstream_, SIZE_MAX).largest(), kMaxStackBytes);
}

TEST_F(StackResourceTest, EqualWhereEitherCanDeallocate) {
  Counting other_upstream;
  const stack_resource one(&upstream_);
  const stack_resource same(&upstream_);
  const stack_resource smaller(&upstream_, 65536);
  const stack_resource elsewhere(&other_upstream);
  EXPECT_TRUE(one.is_equal(one));
  EXPECT_TRUE(one.is_equal(same));
  EXPECT_FALSE(one.is_equal(smaller));
  EXPECT_FALSE(one.is_equal(elsewhere));
  EXPECT_FALSE(one.is_equal(upstream_));
  EXPECT_FALSE(upstream_.is_equal(one));
}

TEST_F(StackResourceTest, UpstreamIsTheDefaultResource) {
  EXPECT_EQ(stack_resource().upstream(), std::pmr::get_default_resource());
}

TEST_F(StackResourceTest, NoMemoryIsBadAlloc) {
  stack_resource resource(std::pmr::null_memory_resource());
  EXPECT_THROW(static_cast<void>(resource.allocate(16)), std::bad_alloc);
  // A block of ours needs nothing of it.
  void* const block = resource.allocate(5000);
  resource.deallocate(block, 5000);
}

TEST_F(StackResourceTest, ContainersAndPoolsOnTopOfIt) {
  stack_resource resource(&upstream_);
  {
    std::pmr::vector<int> numbers(&resource);
    for (int i = 0; i < 100000; ++i) numbers.push_back(i);
    EXPECT_GE(in_use(4 * 100000), 4u * 100000);
    std::pmr::monotonic_buffer_resource buffer(64 << 10, &resource);
    std::pmr::list<std::pmr::string> words(&buffer);
    for (int i = 0; i < 1000; ++i) {
      words.emplace_back("a string that does not fit into itself");
    }
    std::pmr::unsynchronized_pool_resource pool(&resource);
    std::pmr::list<int> list(&pool);
    for (int i = 0; i < 10000; ++i) list.push_back(i);
    EXPECT_EQ(list.size(), 10000u);
    EXPECT_EQ(numbers[99999], 99999);
  }
}

TEST_F(StackResourceTest, AnyThreadDeallocates) {
  stack_resource resource(&upstream_);
  std::vector<void*> blocks;
  for (int i = 0; i < 500; ++i) blocks.push_back(resource.allocate(8192));
  test::Thread other([&] {
    for (void* block : blocks) resource.deallocate(block, 8192);
  });
  other.Join();
}

}  // namespace
}  // namespace parkway
