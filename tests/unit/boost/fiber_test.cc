// SPDX-License-Identifier: Apache-2.0

// Boost.Fiber on stacks of the freelists: fibers that stay on their thread, and
// fibers that don't.
#include <gtest/gtest.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <boost/fiber/all.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <utility>
#include <vector>

#include "parkway/boost/stack_allocator.h"
#include "parkway/stack/stack_class.h"
#include "parkway/stack/stack_freelist.h"
#include "tests/suites/support.h"

namespace {

namespace fibers = boost::fibers;
using parkway::stack_stats;
using parkway::test::Rounds;
using parkway::test::Thread;
using freelist_stack =
    parkway::boost::freelist_stack<boost::context::stack_context>;

// Boost keeps the stack of a fiber that has ended until its thread's scheduler
// runs again: each test is a thread, at whose end all is back.
template <class Body>
void on_a_thread(Body body) {
  Thread thread(std::move(body));
  thread.Join();
  EXPECT_EQ(stack_stats().in_use, 0u);
}

TEST(FiberTest, JoinedFibersGiveTheirStacksBack) {
  on_a_thread([] {
    int sum = 0;
    std::vector<fibers::fiber> running;
    for (int i = 0; i < 300; ++i) {
      running.emplace_back(std::allocator_arg, freelist_stack(16 << 10),
                           [&sum, i] {
                             boost::this_fiber::yield();
                             sum += i;
                           });
    }
    EXPECT_GE(stack_stats().in_use, 300u * (16 << 10));
    for (fibers::fiber& f : running) f.join();
    EXPECT_EQ(sum, 300 * 299 / 2);
  });
}

TEST(FiberTest, ExceptionsComeThroughFutures) {
  on_a_thread([] {
    fibers::future<int> result =
        fibers::async(fibers::launch::post, std::allocator_arg,
                      freelist_stack(), []() -> int {
                        boost::this_fiber::yield();
                        throw std::runtime_error("thrown there");
                      });
    EXPECT_THROW(result.get(), std::runtime_error);
  });
}

TEST(FiberTest, TooLargeIsBadAlloc) {
  on_a_thread([] {
    EXPECT_THROW(
        fibers::fiber(std::allocator_arg,
                      freelist_stack(parkway::kMaxStackBytes + 1), [] {}),
        std::bad_alloc);
  });
}

// Sums 0 to leaves - 1 with ten children for each fiber that is no leaf:
// Boost's skynet example.
std::uint64_t skynet(freelist_stack stacks, std::uint64_t first,
                     std::uint64_t leaves) {
  if (leaves == 1) return first;
  fibers::buffered_channel<std::uint64_t> sums(16);
  for (std::uint64_t i = 0; i < 10; ++i) {
    fibers::fiber(
        fibers::launch::dispatch, std::allocator_arg, stacks,
        [&sums, stacks, first, leaves, i] {
          sums.push(skynet(stacks, first + i * leaves / 10, leaves / 10));
        })
        .detach();
  }
  std::uint64_t sum = 0;
  for (int i = 0; i < 10; ++i) sum += sums.value_pop();
  return sum;
}

TEST(FiberTest, Skynet) {
  on_a_thread([] {
    EXPECT_EQ(skynet(freelist_stack(16 << 10), 0, 1000), 499500u);
    EXPECT_EQ(skynet(freelist_stack(16 << 10), 0, 10000), 49995000u);
  });
}

// gettid() tells the threads apart: the compiler takes pthread_self() to be the
// same throughout a function, which it is not in a fiber that moves.

// Counts the stacks that another thread gives back than took them.
class Counting {
 public:
  using traits_type = freelist_stack::traits_type;
  explicit Counting(std::atomic<int>* elsewhere) : elsewhere_(elsewhere) {}
  boost::context::stack_context allocate() {
    taker_ = ::gettid();
    return stacks_.allocate();
  }
  void deallocate(boost::context::stack_context& stack) noexcept {
    if (::gettid() != taker_) ++*elsewhere_;
    stacks_.deallocate(stack);
  }

 private:
  freelist_stack stacks_{16 << 10};
  pid_t taker_ = 0;
  std::atomic<int>* elsewhere_;
};

// Fibers that a scheduler moves between threads. It must not sleep: these two
// wake no other thread for a fiber that is ready.
template <class Install>
void migrate(int threads, Install install) {
  constexpr int kFibers = 64;
  const int rounds = Rounds(200);
  std::atomic<int> elsewhere{0};
  fibers::mutex mutex;
  fibers::condition_variable_any changed;
  int left = kFibers;
  const auto wait_for_all = [&] {
    std::unique_lock<fibers::mutex> lock(mutex);
    changed.wait(lock, [&] { return left == 0; });
  };
  Thread first([&] {
    install();
    const pid_t here = ::gettid();
    for (int i = 0; i < kFibers; ++i) {
      fibers::fiber(std::allocator_arg, Counting(&elsewhere), [&, i] {
        // Half of them end elsewhere.
        const auto too_early = [&] { return i % 2 == 0 && ::gettid() == here; };
        for (int round = 0; round < rounds || too_early(); ++round) {
          volatile char used[2048];
          used[0] = static_cast<char>(round);
          boost::this_fiber::yield();
          EXPECT_EQ(used[0], static_cast<char>(round));
        }
        const std::unique_lock<fibers::mutex> lock(mutex);
        if (--left == 0) changed.notify_all();
      }).detach();
    }
    wait_for_all();
  });
  std::vector<std::unique_ptr<Thread>> others;
  for (int i = 1; i < threads; ++i) {
    others.push_back(std::make_unique<Thread>([&] {
      install();
      wait_for_all();
    }));
  }
  first.Join();
  for (auto& other : others) other->Join();
  EXPECT_GT(elsewhere, 0);
  EXPECT_EQ(stack_stats().in_use, 0u);
}

TEST(FiberTest, SharedWorkMovesFibersBetweenThreads) {
  migrate(4, [] {
    fibers::use_scheduling_algorithm<fibers::algo::shared_work>(false);
  });
}

TEST(FiberTest, WorkStealingMovesFibersBetweenThreads) {
  migrate(3, [] {
    fibers::use_scheduling_algorithm<fibers::algo::work_stealing>(3u, false);
  });
}

}  // namespace
