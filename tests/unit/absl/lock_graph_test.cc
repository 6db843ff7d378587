// SPDX-License-Identifier: Apache-2.0

#include "parkway/absl/lock_graph.h"

#include <gtest/gtest.h>
#if !defined(_WIN32)
#include <sys/wait.h>
#include <unistd.h>
#endif

#include <atomic>
#include <bitset>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include "parkway/absl/debug_memory.h"
#include "parkway/absl/namespace.h"
#include "tests/suites/support.h"

PARKWAY_ABSL_NAMESPACE_BEGIN
namespace internal {
namespace {

using Ref = LockGraph::Ref;
using Added = LockGraph::Added;

class LockGraphTest : public testing::Test {
 protected:
  // Only addresses: nothing is there.
  static const void* Mutex(std::size_t i) {
    return reinterpret_cast<const void*>(0x10000 + 8 * i);
  }
  Ref Node(std::size_t i) { return graph_->Ensure(arena_, Mutex(i)); }
  Added Add(std::size_t from, std::size_t to, std::uint32_t stack = 0) {
    return graph_->AddEdge(arena_, Node(from), Node(to), stack);
  }

  DebugArena arena_;
  std::unique_ptr<LockGraph> graph_ = std::make_unique<LockGraph>();
};

TEST_F(LockGraphTest, ANodeLivesUntilItsMutexIsRemoved) {
  EXPECT_TRUE(graph_->Find(Mutex(1)).is_null());
  EXPECT_FALSE(graph_->MayHave(Mutex(1)));
  const Ref first = Node(1);
  EXPECT_EQ(Node(1).version, first.version);
  EXPECT_EQ(graph_->Find(Mutex(1)).version, first.version);
  EXPECT_TRUE(graph_->Alive(first));
  EXPECT_TRUE(graph_->MayHave(Mutex(1)));
  graph_->Remove(Mutex(1));
  graph_->Remove(Mutex(1));
  EXPECT_FALSE(graph_->Alive(first));
  EXPECT_FALSE(graph_->MayHave(Mutex(1)));
  const Ref second = Node(1);
  EXPECT_FALSE(graph_->Alive(first));
  EXPECT_TRUE(graph_->Alive(second));
  graph_->Clear();
  EXPECT_FALSE(graph_->Alive(second));
  EXPECT_FALSE(graph_->MayHave(Mutex(1)));
  Node(1);
  EXPECT_FALSE(graph_->Alive(second));
  EXPECT_FALSE(graph_->Alive(Ref()));
}

TEST_F(LockGraphTest, RefusesACycleAndTellsThePath) {
  EXPECT_EQ(Add(1, 1), Added::kCycle);
  EXPECT_EQ(Add(1, 2, 12), Added::kYes);
  EXPECT_EQ(Add(2, 3, 23), Added::kYes);
  EXPECT_EQ(Add(1, 2, 99), Added::kYes);
  EXPECT_EQ(Add(3, 1), Added::kCycle);
  EXPECT_EQ(graph_->edge_count(), 2u);
  EXPECT_TRUE(graph_->Knows(Node(1), Node(2)));
  EXPECT_FALSE(graph_->Knows(Node(3), Node(1)));

  LockGraph::Step steps[2] = {};
  EXPECT_EQ(graph_->FindPath(Node(1), Node(3), steps, 2), 2);
  EXPECT_EQ(steps[0].from, Mutex(1));
  EXPECT_EQ(steps[0].to, Mutex(2));
  EXPECT_EQ(steps[0].stack, 12u);  // that of the first time
  EXPECT_EQ(steps[1].from, Mutex(2));
  EXPECT_EQ(steps[1].to, Mutex(3));
  EXPECT_EQ(steps[1].stack, 23u);
  // No room for the second.
  steps[1].stack = 0;
  EXPECT_EQ(graph_->FindPath(Node(1), Node(3), steps, 1), 2);
  EXPECT_EQ(steps[1].stack, 0u);
  EXPECT_EQ(graph_->FindPath(Node(3), Node(1), steps, 2), 0);
  EXPECT_EQ(graph_->FindPath(Node(1), Node(1), steps, 2), 0);

  // Without the node in the middle there is no cycle.
  graph_->Remove(Mutex(2));
  EXPECT_EQ(graph_->edge_count(), 0u);
  EXPECT_EQ(Add(3, 1), Added::kYes);
  EXPECT_TRUE(graph_->CheckInvariants());
}

// Against the transitive closure, computed anew each time.
TEST_F(LockGraphTest, AgreesWithBruteForce) {
  constexpr std::size_t kNodes = 24;
  std::mt19937 random(20240805);
  std::bitset<kNodes> edges[kNodes];
  const auto reaches = [&edges](std::size_t from, std::size_t to) -> bool {
    std::vector<bool> seen(kNodes);
    std::vector<std::size_t> queue{from};
    seen[from] = true;
    for (std::size_t i = 0; i < queue.size(); ++i) {
      for (std::size_t n = 0; n < kNodes; ++n) {
        if (!edges[queue[i]][n] || seen[n]) continue;
        seen[n] = true;
        queue.push_back(n);
      }
    }
    return seen[to];
  };
  int cycles = 0, searches = 0;
  for (int round = 0; round < 30000; ++round) {
    const std::size_t a = random() % kNodes, b = random() % kNodes;
    if (random() % 8 == 0) {
      graph_->Remove(Mutex(a));
      edges[a].reset();
      for (auto& e : edges) e[a] = false;
      continue;
    }
    const bool cycle = reaches(b, a);
    ASSERT_EQ(Add(a, b), cycle ? Added::kCycle : Added::kYes) << round;
    cycles += cycle;
    if (!cycle) edges[a][b] = true;
    if (cycle && a != b) {
      LockGraph::Step steps[kNodes];
      const int length = graph_->FindPath(Node(b), Node(a), steps, kNodes);
      ASSERT_GT(length, 0);
      ASSERT_EQ(steps[0].from, Mutex(b));
      ASSERT_EQ(steps[length - 1].to, Mutex(a));
      for (int i = 1; i < length; ++i) {
        ASSERT_EQ(steps[i].from, steps[i - 1].to);
      }
      ++searches;
    }
    if (round % 16 == 0) {
      ASSERT_TRUE(graph_->CheckInvariants()) << round;
    }
  }
  EXPECT_GT(cycles, 1000);
  EXPECT_GT(searches, 1000);
}

TEST_F(LockGraphTest, GrowsInAnyOrder) {
  constexpr std::size_t kNodes = 1 << 16;
  for (std::size_t i = 0; i < kNodes; ++i) {
    ASSERT_EQ(Add(i, i + 1), Added::kYes);
  }
  // From the top down, and then the two halves are joined.
  for (std::size_t i = 3 * kNodes; i > 2 * kNodes; --i) {
    ASSERT_EQ(Add(i, i - 1), Added::kYes);
  }
  ASSERT_EQ(Add(2 * kNodes, 0), Added::kYes);
  ASSERT_EQ(Add(kNodes, 3 * kNodes), Added::kCycle);
  EXPECT_EQ(graph_->node_count(), 2 * kNodes + 2);
  EXPECT_TRUE(graph_->CheckInvariants());
  graph_->Clear();
  EXPECT_EQ(graph_->node_count(), 0u);
  EXPECT_EQ(Add(2, 1), Added::kYes);
  EXPECT_TRUE(graph_->CheckInvariants());
}

TEST_F(LockGraphTest, ANodeHasSoManyEdgesAndNoMore) {
  constexpr std::size_t kMax = LockGraph::kMaxEdges;
  for (std::size_t i = 1; i <= kMax + 10; ++i) {
    ASSERT_EQ(Add(0, i), Added::kYes);
  }
  EXPECT_EQ(graph_->edge_count(), kMax);
  EXPECT_TRUE(graph_->Knows(Node(0), Node(kMax + 1)));
  EXPECT_EQ(Add(0, 0), Added::kCycle);
  graph_->Remove(Mutex(1));
  EXPECT_FALSE(graph_->Knows(Node(0), Node(kMax + 1)));
  EXPECT_EQ(Add(0, kMax + 1), Added::kYes);
  EXPECT_EQ(graph_->edge_count(), kMax);
  graph_->Remove(Mutex(0));
  EXPECT_EQ(graph_->edge_count(), 0u);
}

TEST_F(LockGraphTest, ShortLivedMutexesNeedNoMoreMemory) {
  const auto turn = [this](std::size_t i) {
    ASSERT_EQ(Add(0, i), Added::kYes);
    ASSERT_EQ(Add(i, 1), Added::kYes);
    if (i >= 50) graph_->Remove(Mutex(i - 40));
  };
  std::size_t i = 2;
  for (; i < 1000; ++i) turn(i);
  const std::size_t bytes = arena_.total_bytes();
  for (; i < 200000; ++i) turn(i);
  EXPECT_EQ(arena_.total_bytes(), bytes);
  EXPECT_LT(bytes, std::size_t{256} << 10);
}

TEST_F(LockGraphTest, RepairOfAWholeGraphChangesNothing) {
  graph_->Repair();
  EXPECT_TRUE(graph_->CheckInvariants());
  for (std::size_t i = 0; i < 1000; ++i) {
    ASSERT_EQ(Add(i, i + 1, static_cast<std::uint32_t>(i)), Added::kYes);
    ASSERT_EQ(Add(2000 - i, 1000 - i / 2), Added::kYes);
  }
  for (std::size_t i = 10; i < 1000; i += 10) graph_->Remove(Mutex(i));
  const Ref node = Node(7);
  const std::size_t nodes = graph_->node_count(), edges = graph_->edge_count();
  graph_->Repair();
  EXPECT_TRUE(graph_->CheckInvariants());
  EXPECT_EQ(graph_->node_count(), nodes);
  EXPECT_EQ(graph_->edge_count(), edges);
  EXPECT_TRUE(graph_->Alive(node));
  LockGraph::Step steps[9];
  EXPECT_EQ(graph_->FindPath(Node(1), Node(9), steps, 9), 8);
  EXPECT_EQ(steps[6].stack, 7u);
  EXPECT_EQ(Add(9, 1), Added::kCycle);
  EXPECT_EQ(Add(9, 3000), Added::kYes);
}

#if !defined(_WIN32)
// In the middle of whatever another thread does.
TEST_F(LockGraphTest, AForkedChildRepairsIt) {
  if (const char* why =
          parkway::test::WhyNoFork(parkway::test::Others::kRunning)) {
    GTEST_SKIP() << why;
  }
  constexpr std::size_t kOld = 20, kNew = 300;
  for (std::size_t i = 1; i < kOld; ++i) ASSERT_EQ(Add(i - 1, i), Added::kYes);
  const Ref node = Node(3);
  std::atomic<bool> begun{false}, done{false};
  std::thread changing([&] {
    std::mt19937 random(20261129);
    const auto any = [&random] { return kOld + random() % kNew; };
    while (!done) {
      for (std::size_t i = 0; i < 3 * kNew; ++i) {
        Add(any(), any());
        if (i % 4 == 0) graph_->Remove(Mutex(any()));
        begun = true;
      }
      // More than before, so that everything grows.
      for (std::size_t i = kNew; i < 4 * kNew; ++i) Add(any(), kOld + i);
      for (std::size_t i = 0; i < 4 * kNew; ++i)
        graph_->Remove(Mutex(kOld + i));
    }
  });
  while (!begun) std::this_thread::yield();
  int status = 0;
  for (int i = 0; i < 60 && status == 0; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      alarm(30);
      graph_->Repair();
      bool right = graph_->CheckInvariants() && graph_->Alive(node) &&
                   graph_->Find(Mutex(3)).index == node.index;
      for (std::size_t n = 1; n < kOld; ++n) {
        right = right && graph_->Knows(Node(n - 1), Node(n));
      }
      right = right && Add(kOld - 1, 0) == Added::kCycle;
      for (std::size_t n = 0; n < 4 * kNew; ++n) {
        right = right && Add(0, kOld + n) == Added::kYes;
      }
      _exit(right && graph_->CheckInvariants() ? 0 : 1);
    }
    ASSERT_GT(child, 0);
    ASSERT_EQ(waitpid(child, &status, 0), child);
  }
  EXPECT_EQ(status, 0);
  done = true;
  changing.join();
}
#endif

TEST(DebugArenaTest, BlocksAreAlignedApartAndReused) {
  DebugArena arena;
  char* blocks[100];
  for (std::size_t i = 0; i < 100; ++i) {
    blocks[i] = static_cast<char*>(arena.Allocate(100 * i + 1));
    ASSERT_NE(blocks[i], nullptr);
    EXPECT_EQ(
        reinterpret_cast<std::uintptr_t>(blocks[i]) % alignof(std::max_align_t),
        0u);
    for (std::size_t b = 0; b <= 100 * i; ++b) {
      blocks[i][b] = static_cast<char>(i);
    }
  }
  for (std::size_t i = 0; i < 100; ++i) {
    EXPECT_EQ(blocks[i][0], static_cast<char>(i));
    EXPECT_EQ(blocks[i][100 * i], static_cast<char>(i));
    arena.Free(blocks[i], 100 * i + 1);
  }
  const std::size_t bytes = arena.total_bytes();
  for (std::size_t i = 0; i < 100; ++i) arena.Allocate(100 * i + 1);
  EXPECT_EQ(arena.total_bytes(), bytes);
  EXPECT_EQ(DebugArena::BlockSize(1), 32u);
  EXPECT_EQ(DebugArena::BlockSize(32), 32u);
  EXPECT_EQ(DebugArena::BlockSize(33), 64u);
}

}  // namespace
}  // namespace internal
PARKWAY_ABSL_NAMESPACE_END
