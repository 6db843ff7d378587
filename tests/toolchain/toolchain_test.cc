// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace {

TEST(ToolchainTest, ExceptionsUnwindThroughFramesWithDestructors) {
  struct Count {
    explicit Count(int* count) : count(count) {}
    ~Count() { ++*count; }
    int* count;
  };
  int destroyed = 0;
  auto thrower = [&](auto& self, int depth) -> void {
    Count count(&destroyed);
    if (depth == 0) throw std::runtime_error("from the depth");
    self(self, depth - 1);
  };
  std::string what;
  try {
    thrower(thrower, 9);
  } catch (const std::exception& error) {
    what = error.what();
  }
  EXPECT_EQ(what, "from the depth");
  EXPECT_EQ(destroyed, 10);
}

TEST(ToolchainTest, AnExceptionGoesToAnotherThread) {
  std::exception_ptr caught;
  std::thread thread([&] {
    try {
      throw std::out_of_range("there");
    } catch (...) {
      caught = std::current_exception();
    }
  });
  thread.join();
  EXPECT_THROW(std::rethrow_exception(caught), std::out_of_range);
}

std::atomic<int> ended_threads{0};

struct AtThreadExit {
  AtThreadExit() = default;
  ~AtThreadExit() { ended_threads.fetch_add(value); }
  int value = 0;
};

thread_local AtThreadExit at_thread_exit;
thread_local std::uint64_t zero_in_each_thread;

TEST(ToolchainTest, ThreadLocalsAreOfOneThreadAndDestroyedWithIt) {
  std::vector<std::thread> threads;
  std::atomic<int> saw_zero{0};
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      if (zero_in_each_thread == 0) ++saw_zero;
      zero_in_each_thread = 1;
      at_thread_exit.value = 1;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(saw_zero, 8);
  EXPECT_EQ(ended_threads, 8);
  EXPECT_EQ(zero_in_each_thread, 0u);
}

TEST(ToolchainTest, AWordIsLockFree) {
  EXPECT_TRUE(std::atomic<std::uint32_t>{}.is_lock_free());
  EXPECT_TRUE(std::atomic<std::uint64_t>{}.is_lock_free());
  EXPECT_TRUE(std::atomic<void*>{}.is_lock_free());
}

TEST(ToolchainTest, ThreadsWaitAndAreWoken) {
  std::mutex mutex;
  std::condition_variable changed;
  int turn = 0;
  std::thread thread([&] {
    for (int i = 0; i < 1000; ++i) {
      std::unique_lock<std::mutex> lock(mutex);
      changed.wait(lock, [&] { return turn % 2 == 1; });
      ++turn;
      changed.notify_one();
    }
  });
  for (int i = 0; i < 1000; ++i) {
    std::unique_lock<std::mutex> lock(mutex);
    changed.wait(lock, [&] { return turn % 2 == 0; });
    ++turn;
    changed.notify_one();
  }
  thread.join();
  EXPECT_EQ(turn, 2000);
}

TEST(ToolchainTest, TheSteadyClockGoesOnDuringASleep) {
  const auto before = std::chrono::steady_clock::now();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_GE(std::chrono::steady_clock::now() - before,
            std::chrono::milliseconds(20));
}

}  // namespace
