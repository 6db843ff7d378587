// SPDX-License-Identifier: Apache-2.0

// The contract of parkway/task/scheduler.h, asked of TinyScheduler without
// park().
#include "examples/scheduler/tiny_scheduler.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <set>
#include <thread>
#include <vector>

#include "tests/suites/fault_report.h"
#include "tests/suites/jobs.h"

namespace parkway::test {
namespace {

// Passes the task on to a function.
class Passes final : public Suspension {
 public:
  explicit Passes(std::function<void(void*)> to) : to_(std::move(to)) {}
  void suspended(void* task) noexcept override { to_(task); }

 private:
  const std::function<void(void*)> to_;
};

TEST(TinyScheduler, RunsTasksWithAStackEach) {
  TinyScheduler& scheduler = Tiny<2>();
  std::atomic<int> sum{0};
  EXPECT_FALSE(scheduler.in_task());
  EXPECT_EQ(scheduler_of_caller(), nullptr);
  {
    TaskJobs<2> jobs;
    for (int i = 1; i <= 100; ++i) {
      jobs.Start([&, i] {
        EXPECT_TRUE(scheduler.in_task());
        EXPECT_EQ(scheduler_of_caller(), &scheduler);
        EXPECT_FALSE(Tiny<1>().in_task());
        sum += i;
      });
    }
  }
  EXPECT_EQ(sum, 5050);
}

TEST(TinyScheduler, ATaskStartsOthers) {
  std::atomic<int> ran{0};
  std::function<void(int)> fork;
  TaskJobs<2> jobs;
  fork = [&](int depth) {
    ++ran;
    if (depth == 0) return;
    for (int i = 0; i < 2; ++i) {
      Tiny<2>().spawn([&fork, depth] { fork(depth - 1); });
    }
  };
  jobs.Start([&] { fork(7); });
  EXPECT_TRUE(Eventually([&] { return ran == 255; }));
}

TEST(TinyScheduler, ResumeWithinSuspended) {
  TinyScheduler& scheduler = Tiny<1>();
  bool returned = false;
  TaskJobs<1> jobs;
  jobs.Start([&] {
    bool in_suspended = false;
    Passes suspension([&](void* task) {
      in_suspended = true;
      scheduler.resume(task);
      in_suspended = false;
    });
    EXPECT_TRUE(scheduler.suspend(suspension));
    EXPECT_FALSE(in_suspended);
    returned = true;
  });
  jobs.Join();
  EXPECT_TRUE(returned);
}

// The other worker is free to run the task as soon as it may.
TEST(TinyScheduler, DoesNotRunATaskWhileSuspendedHasNotReturned) {
  TinyScheduler& scheduler = Tiny<2>();
  for (int i = 0; i < Rounds(200); ++i) {
    std::atomic<void*> suspended{nullptr};
    TaskJobs<2> jobs;
    jobs.Start([&] {
      std::atomic<bool> in_suspended{false};
      Passes suspension([&](void* task) {
        in_suspended = true;
        suspended = task;
        while (suspended != nullptr) std::this_thread::yield();
        // Nor does it begin to: the other worker has nothing to do.
        WaitOthersAsleep();
        in_suspended = false;
      });
      EXPECT_TRUE(scheduler.suspend(suspension));
      EXPECT_FALSE(in_suspended);
    });
    void* task = nullptr;
    while (task == nullptr) task = suspended;
    scheduler.resume(task);
    suspended = nullptr;
  }
}

// A worker that has let a task go takes another one, and with one worker the
// resumed task goes before the new ones.
TEST(TinyScheduler, ResumedTasksComeFirst) {
  TinyScheduler& scheduler = Tiny<1>();
  std::atomic<void*> suspended{nullptr};
  std::vector<int> order;
  TaskJobs<1> jobs;
  jobs.Start([&] {
    Passes suspension([&](void* task) { suspended = task; });
    order.push_back(0);
    EXPECT_TRUE(scheduler.suspend(suspension));
    order.push_back(2);
  });
  jobs.Start([&] {
    order.push_back(1);
    jobs.Start([&] { order.push_back(3); });
    scheduler.resume(suspended);
  });
  jobs.Join();
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3}));
}

TEST(TinyScheduler, GoesOnOnAnotherThread) {
  TinyScheduler& scheduler = Tiny<2>();
  std::atomic<long> before{0};
  std::atomic<long> after{0};
  std::atomic<void*> suspended{nullptr};
  std::atomic<bool> blocks{false};
  TaskJobs<2> jobs;
  jobs.Start([&] {
    Passes suspension([&](void* task) { suspended = task; });
    before = ThreadId();
    EXPECT_TRUE(scheduler.suspend(suspension));
    after = ThreadId();
    blocks = false;
  });
  ASSERT_TRUE(Eventually([&] { return suspended != nullptr; }));
  // Keeps the worker that the task was on busy until the task has gone on, and
  // the other one until the first is.
  for (int i = 0; i < 2 && !blocks; ++i) {
    std::atomic<bool> answered{false};
    jobs.Start([&] {
      const bool there = ThreadId() == before;
      if (there) blocks = true;
      answered = true;
      while (blocks == there) std::this_thread::yield();
    });
    while (!answered) std::this_thread::yield();
  }
  ASSERT_TRUE(blocks);
  scheduler.resume(suspended);
  jobs.Join();
  EXPECT_NE(before.load(), after.load());
}

TEST(TinyScheduler, RefusesBeyondItsLimit) {
  static auto& scheduler = *new TinyScheduler(1, 0);
  std::atomic<int> suspend{-1};
  scheduler.spawn([&] {
    Passes suspension([](void*) { ADD_FAILURE(); });
    suspend = scheduler.suspend(suspension) ? 1 : 0;
  });
  EXPECT_TRUE(Eventually([&] { return suspend == 0; }));
  EXPECT_EQ(scheduler.refusals(), 1);
  EXPECT_EQ(scheduler.suspended(), 0);
}

TEST(Schedulers, AddingOneTwiceChangesNothing) {
  TinyScheduler& scheduler = Tiny<2>();
  // More often than there are places.
  for (std::size_t i = 0; i < 2 * kMaxSchedulers; ++i) {
    add_scheduler(scheduler);
  }
  TaskJobs<2> jobs;
  jobs.Start([&] { EXPECT_EQ(scheduler_of_caller(), &scheduler); });
}

TEST(SchedulersDeathTest, TooMany) {
  if (kHasFork) testing::FLAGS_gtest_death_test_style = "fast";
  EXPECT_EXIT(
      for (std::size_t i = 0; i <= kMaxSchedulers; ++i) new TinyScheduler(0),
      Aborted, "too many schedulers were added");
}

}  // namespace
}  // namespace parkway::test
