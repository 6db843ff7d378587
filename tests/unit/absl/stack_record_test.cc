// SPDX-License-Identifier: Apache-2.0

#include "parkway/absl/stack_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#if !defined(_WIN32)
#include <sys/wait.h>
#include <unistd.h>
#endif

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/config.h"
#include "parkway/absl/debug_memory.h"
#include "parkway/absl/namespace.h"
#include "tests/suites/support.h"

PARKWAY_ABSL_NAMESPACE_BEGIN
namespace internal {
namespace {

std::vector<std::string>& Pieces() {
  static auto* const pieces = new std::vector<std::string>;
  return *pieces;
}
void Keep(const char* text) { Pieces().push_back(text); }

std::string Names(const StackRecord& stack) {
  Pieces().clear();
  LogText text(&Keep);
  text.AddStack(stack, true);
  text.Flush();
  std::string all;
  for (const std::string& piece : Pieces()) all += piece;
  return all;
}

bool operator==(const StackRecord& a, const StackRecord& b) {
  return std::vector<void*>(a.pcs, a.pcs + a.depth) ==
         std::vector<void*>(b.pcs, b.pcs + b.depth);
}

// The empty assembly keeps the compiler from making the call before it a jump,
// which would leave no frame; its operand, from making two functions one.
ABSL_ATTRIBUTE_NOINLINE void StackTestInner(StackRecord* stack, int skip) {
  stack->Capture(skip);
  asm volatile("");
}
ABSL_ATTRIBUTE_NOINLINE void StackTestCallerOne(StackRecord* stack, int skip) {
  StackTestInner(stack, skip);
  asm volatile("" : : "i"(1));
}
ABSL_ATTRIBUTE_NOINLINE void StackTestCallerTwo(StackRecord* stack, int skip) {
  StackTestInner(stack, skip);
  asm volatile("" : : "i"(2));
}

TEST(StackRecordTest, NamesTheCallersWithoutTheSkippedOnes) {
  if (!test::StacksHaveNames()) GTEST_SKIP() << "no names for addresses here";
  StackRecord stack;
  StackTestCallerOne(&stack, 0);
  EXPECT_GT(stack.depth, 2);
  EXPECT_THAT(Names(stack),
              testing::ContainsRegex("\t@ 0x[0-9a-f]+ .*StackTestInner.*"
                                     "\t@ 0x[0-9a-f]+ .*StackTestCallerOne"));
  StackTestCallerOne(&stack, 1);
  EXPECT_THAT(Names(stack), testing::Not(testing::HasSubstr("Inner")));
  EXPECT_THAT(Names(stack), testing::HasSubstr("StackTestCallerOne"));
}

TEST(StackRecordTest, TellsCallersApartThatStandInTheSamePlace) {
  StackRecord one, two, skipping;
  for (int turn = 0; turn < 3; ++turn) {
    StackTestCallerOne(&one, 0);
    StackTestCallerTwo(&two, 0);
    if (test::StacksHaveNames()) {
      EXPECT_THAT(Names(one), testing::HasSubstr("StackTestCallerOne"));
      EXPECT_THAT(Names(two), testing::HasSubstr("StackTestCallerTwo"));
    }
    EXPECT_FALSE(one == two);
  }
  // From the very same line.
  StackRecord same[3];
  volatile int count = 3;
  for (int i = 0; i < count; ++i) StackTestCallerOne(&same[i], 0);
  EXPECT_TRUE(same[0] == same[1]);
  EXPECT_TRUE(same[0] == same[2]);
  StackTestCallerOne(&skipping, 1);
  EXPECT_EQ(skipping.pcs[0], same[0].pcs[1]);
}

ABSL_ATTRIBUTE_NOINLINE void Recurse(int levels, StackRecord* stack) {
  if (levels > 0) {
    Recurse(levels - 1, stack);
  } else {
    stack->Capture(0);
  }
  asm volatile("");
}

TEST(StackRecordTest, CutsTheOuterEnd) {
  for (const int levels : {0, 1, 5, 200, 5, 0}) {
    StackRecord stack;
    Recurse(levels, &stack);
    EXPECT_GT(stack.depth, 0);
    EXPECT_LE(stack.depth, StackRecord::kMaxDepth);
    if (levels == 200) {
      EXPECT_EQ(stack.depth, StackRecord::kMaxDepth);
      // Each frame of the recursion returns to the same place.
      EXPECT_EQ(stack.pcs[1], stack.pcs[StackRecord::kMaxDepth - 1]);
    }
  }
}

StackRecord Made(int depth, std::uintptr_t seed) {
  StackRecord stack;
  stack.depth = depth;
  for (int i = 0; i < depth; ++i) {
    stack.pcs[i] =
        reinterpret_cast<void*>(seed * 1000 + static_cast<std::uintptr_t>(i));
  }
  return stack;
}

TEST(StackDepotTest, KeepsEveryStackOnce) {
  DebugArena arena;
  StackDepot depot;
  std::vector<std::uint32_t> numbers;
  for (int round = 0; round < 2; ++round) {
    for (std::uintptr_t i = 0; i < 3000; ++i) {
      const std::uint32_t number =
          depot.Put(arena, Made(1 + static_cast<int>(i % 32), i));
      ASSERT_NE(number, 0u);
      if (round == 0) numbers.push_back(number);
      ASSERT_EQ(number, numbers[i]);
    }
  }
  EXPECT_EQ(depot.size(), 3000u);
  for (std::uintptr_t i = 0; i < 3000; ++i) {
    StackRecord stack;
    depot.Get(numbers[i], &stack);
    ASSERT_TRUE(stack == Made(1 + static_cast<int>(i % 32), i));
  }
  StackRecord stack;
  depot.Get(0, &stack);
  EXPECT_EQ(stack.depth, 0);
  EXPECT_EQ(depot.Put(arena, stack), 0u);
  depot.Clear();
  EXPECT_EQ(depot.size(), 0u);
  EXPECT_NE(depot.Put(arena, Made(3, 7)), 0u);
}

TEST(StackDepotTest, TakesNoMoreThanItsShare) {
  DebugArena arena;
  StackDepot depot;
  const StackRecord first = Made(32, 1);
  const std::uint32_t number = depot.Put(arena, first);
  std::uintptr_t i = 2;
  while (depot.Put(arena, Made(32, i)) != 0) ++i;
  EXPECT_GT(i, StackDepot::kMaxWords / 40);
  EXPECT_LE(i, StackDepot::kMaxWords / 32);
  const std::size_t bytes = arena.total_bytes();
  for (int more = 0; more < 1000; ++more) {
    EXPECT_EQ(depot.Put(arena, Made(32, ++i)), 0u);
  }
  EXPECT_EQ(arena.total_bytes(), bytes);
  EXPECT_EQ(depot.Put(arena, first), number);
}

#if !defined(_WIN32)
// In the middle of whatever another thread does.
TEST(StackDepotTest, AForkedChildRepairsIt) {
  if (const char* why =
          parkway::test::WhyNoFork(parkway::test::Others::kRunning)) {
    GTEST_SKIP() << why;
  }
  DebugArena arena;
  StackDepot depot;
  depot.Repair();
  std::atomic<std::uintptr_t> kept{0};  // so many are there for certain
  std::atomic<bool> done{false};
  std::thread changing([&] {
    while (!done) {
      for (std::uintptr_t i = 0; i < 2000 && !done; ++i) {
        depot.Put(arena, Made(1 + static_cast<int>(i % 8), i));
        kept.store(i + 1, std::memory_order_release);
      }
      kept.store(0, std::memory_order_release);
      depot.Clear();
    }
  });
  while (kept == 0) std::this_thread::yield();
  int status = 0;
  for (int i = 0; i < 60 && status == 0; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      alarm(30);
      depot.Repair();
      const std::uintptr_t before = kept;
      bool right = depot.size() - before <= 1 || before == 0;
      for (std::uintptr_t n = 0; n < 3000; ++n) {
        const StackRecord stack = Made(1 + static_cast<int>(n % 8), n);
        const std::size_t size = depot.size();
        StackRecord found;
        depot.Get(depot.Put(arena, stack), &found);
        right =
            right && found == stack && (n >= before || depot.size() == size);
      }
      _exit(right ? 0 : 1);
    }
    ASSERT_GT(child, 0);
    ASSERT_EQ(waitpid(child, &status, 0), child);
  }
  EXPECT_EQ(status, 0);
  done = true;
  changing.join();
}
#endif

TEST(LogTextTest, CutsBetweenLines) {
  Pieces().clear();
  std::string expected;
  LogText text(&Keep);
  for (int i = 0; i < 500; ++i) {
    text.Add("line %d of many\n", i);
    expected += "line " + std::to_string(i) + " of many\n";
  }
  text.Flush();
  text.Flush();
  EXPECT_GT(Pieces().size(), 1u);
  std::string all;
  for (const std::string& piece : Pieces()) {
    EXPECT_LT(piece.size(), 2900u);
    EXPECT_EQ(piece.back(), '\n');
    all += piece;
  }
  EXPECT_EQ(all, expected);
}

}  // namespace
}  // namespace internal
PARKWAY_ABSL_NAMESPACE_END
