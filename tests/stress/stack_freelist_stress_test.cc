// SPDX-License-Identifier: Apache-2.0

// Stacks that wander between threads which come and go, while others trim,
// count and change the limits: nobody's stack is anybody else's, and in the end
// all are back.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "parkway/stack/stack_class.h"
#include "parkway/stack/stack_freelist.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

struct Piece {
  std::uint64_t* stack = nullptr;
  std::size_t bytes = 0;
  StackGuard guard = StackGuard::kPage;
  std::uint64_t tag = 0;

  std::size_t last() const {
    return stack_size(bytes) / sizeof(std::uint64_t) - 1;
  }
  void Mark() {
    stack[0] = tag;
    stack[last() / 2] = tag;
    stack[last()] = tag;
  }
  bool Marked() const {
    return stack[0] == tag && stack[last() / 2] == tag && stack[last()] == tag;
  }
};

class Exchange {
 public:
  void Give(Piece piece) {
    const std::lock_guard<std::mutex> lock(mutex_);
    pieces_.push_back(piece);
  }
  bool Take(Random& random, Piece* piece) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (pieces_.empty()) return false;
    std::swap(pieces_[random.Below(pieces_.size())], pieces_.back());
    *piece = pieces_.back();
    pieces_.pop_back();
    return true;
  }

 private:
  std::mutex mutex_;
  std::vector<Piece> pieces_;
};

TEST(StackFreelistStress, StacksWander) {
  const auto end = steady_clock::now() + StressTime(seconds(3));
  Exchange exchange;
  std::atomic<std::uint64_t> tags{1};
  std::atomic<int> clashes{0};
  const auto free_one = [&](const Piece& piece) {
    if (!piece.Marked()) ++clashes;
    stack_free(piece.stack, piece.bytes, piece.guard);
  };
  // A short life of a thread.
  const auto live = [&](std::uint64_t stream) {
    Random random = Random::Stream(stream);
    std::vector<Piece> mine;
    const std::uint64_t steps = 200 + random.Below(2000);
    for (std::uint64_t i = 0; i < steps; ++i) {
      const std::uint64_t what = random.Below(16);
      if (what < 7 && mine.size() < 120) {
        Piece piece;
        piece.bytes = (kMinStackBytes << random.Below(9)) -
                      random.Below(kMinStackBytes / 2 - 1);
        piece.guard = random.OneIn(4) ? StackGuard::kNone : StackGuard::kPage;
        piece.tag = tags++;
        piece.stack =
            static_cast<std::uint64_t*>(stack_alloc(piece.bytes, piece.guard));
        ASSERT_NE(piece.stack, nullptr);
        piece.Mark();
        mine.push_back(piece);
      } else if (what < 11 && !mine.empty()) {
        free_one(mine.back());
        mine.pop_back();
      } else if (what < 13 && !mine.empty()) {
        exchange.Give(mine.back());
        mine.pop_back();
      } else if (what < 15) {
        Piece piece;
        if (exchange.Take(random, &piece)) free_one(piece);
      } else if (random.OneIn(40)) {
        stack_trim();
      } else if (random.OneIn(20)) {
        StackLimits limits;
        limits.shared_bytes = random.Below(2) << 18;
        limits.warm_bytes = 4096u << random.Below(4);
        limits.lazily = random.OneIn(2);
        set_stack_limits(limits);
      } else {
        (void)stack_stats();
      }
    }
    for (const Piece& piece : mine) free_one(piece);
  };
  std::atomic<std::uint64_t> lives{0};
  std::vector<std::unique_ptr<Thread>> threads;
  for (int t = 0; t < 4; ++t) {
    threads.push_back(std::make_unique<Thread>([&] {
      do {
        Thread([&live, stream = 5000 + lives++] { live(stream); }).Join();
      } while (steady_clock::now() < end);
    }));
  }
  for (auto& thread : threads) thread->Join();
  Random random = Random::Stream(1);
  for (Piece piece; exchange.Take(random, &piece);) free_one(piece);
  EXPECT_EQ(clashes, 0);
  EXPECT_EQ(stack_stats().in_use, 0u);
  stack_trim();
  EXPECT_EQ(stack_stats().from_system, 0u);
  set_stack_limits(StackLimits());
}

}  // namespace
}  // namespace parkway::test
