// SPDX-License-Identifier: Apache-2.0

#include "parkway/task/timer_heap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <set>
#include <vector>

#include "tests/suites/support.h"

namespace parkway::test {
namespace {

TEST(TimerHeap, IsEmptyAtFirst) {
  const TimerHeap heap;
  EXPECT_EQ(heap.first(), nullptr);
}

TEST(TimerHeap, TheOnlyNodeComesAndGoes) {
  TimerHeap heap;
  TimerNode node;
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(node.in_heap);
    heap.push(node);
    EXPECT_TRUE(node.in_heap);
    EXPECT_EQ(heap.first(), &node);
    heap.remove(node);
    EXPECT_EQ(heap.first(), nullptr);
  }
}

TEST(TimerHeap, OrdersTheEndsOfTime) {
  TimerHeap heap;
  TimerNode nodes[3];
  nodes[0].deadline = std::numeric_limits<std::int64_t>::max();
  nodes[1].deadline = std::numeric_limits<std::int64_t>::min();
  nodes[2].deadline = 0;
  for (TimerNode& node : nodes) heap.push(node);
  for (const int next : {1, 2, 0}) {
    ASSERT_EQ(heap.first(), &nodes[next]);
    heap.remove(nodes[next]);
  }
}

// Random pushes, removals of the first and of any, with few deadlines, so that
// many are equal, and with many.
TEST(TimerHeap, IsAsGoodAsAMultiset) {
  Random random = Random::Stream(1);
  for (const std::uint64_t deadlines : {1u, 5u, 1000u, 1000000u}) {
    for (const std::size_t most : {3u, 40u, 3000u}) {
      TimerHeap heap;
      std::vector<TimerNode> nodes(most);
      std::vector<TimerNode*> in;
      std::vector<TimerNode*> out;
      for (TimerNode& node : nodes) out.push_back(&node);
      std::multiset<std::int64_t> expected;
      const auto move = [&](std::vector<TimerNode*>& from,
                            std::vector<TimerNode*>& to, std::size_t index) {
        to.push_back(from[index]);
        from[index] = from.back();
        from.pop_back();
        return to.back();
      };
      const auto check = [&] {
        if (expected.empty()) {
          ASSERT_EQ(heap.first(), nullptr);
        } else {
          ASSERT_NE(heap.first(), nullptr);
          ASSERT_EQ(heap.first()->deadline, *expected.begin());
        }
      };
      const auto remove = [&](std::size_t index) {
        TimerNode* const node = move(in, out, index);
        heap.remove(*node);
        EXPECT_FALSE(node->in_heap);
        expected.erase(expected.find(node->deadline));
      };
      const auto place = [&](const TimerNode* node) {
        return static_cast<std::size_t>(std::find(in.begin(), in.end(), node) -
                                        in.begin());
      };
      for (int i = 0; i < Rounds(4000); ++i) {
        // Tends to fill at first, to empty later.
        const std::uint64_t pushes = i < Rounds(2000) ? 6 : 3;
        if (!out.empty() && random.Below(10) < pushes) {
          TimerNode* const node = move(out, in, random.Below(out.size()));
          node->deadline = static_cast<std::int64_t>(random.Below(deadlines));
          heap.push(*node);
          EXPECT_TRUE(node->in_heap);
          expected.insert(node->deadline);
        } else if (!in.empty()) {
          remove(random.OneIn(2) ? place(heap.first())
                                 : random.Below(in.size()));
        }
        check();
        if (HasFatalFailure()) return;
      }
      while (!in.empty()) {
        remove(place(heap.first()));
        check();
        if (HasFatalFailure()) return;
      }
    }
  }
}

}  // namespace
}  // namespace parkway::test
