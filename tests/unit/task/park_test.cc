// SPDX-License-Identifier: Apache-2.0

#include "parkway/task/park.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <climits>
#include <deque>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include "parkway/task/task_platform.h"
#include "tests/suites/fault_report.h"
#include "tests/suites/jobs.h"
#include "tests/suites/mutex_suite.h"  // SlowClock
#include "tests/suites/scripted_scheduler.h"

namespace parkway::test {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Where: who parks.
template <class Where>
class Park : public testing::Test {
 protected:
  // One body, to its end.
  static void Run(std::function<void()> body) {
    Where jobs;
    jobs.Start(std::move(body));
  }
};
using Wheres = testing::Types<ThreadJobs, TaskJobs<1>, TaskJobs<2>, MixedJobs>;
TYPED_TEST_SUITE(Park, Wheres);

TYPED_TEST(Park, ReadyFirstIsNotLost) {
  this->Run([] {
    Waiter self;
    for (int i = 0; i < 3; ++i) {
      ready(self);
      park(self);
      ready(self);
      EXPECT_TRUE(park_for(self, milliseconds(-1)));
      ready(self);
      EXPECT_TRUE(park_for(self, hours(1)));
    }
    EXPECT_FALSE(park_for(self, milliseconds(0)));
  });
}

TYPED_TEST(Park, ReadyWithinCommit) {
  this->Run([] {
    Waiter self;
    park(self, [&] { ready(self); });
    EXPECT_TRUE(park(self, [&] {
      ready(self);
      return true;
    }));
    EXPECT_FALSE(park_for(self, milliseconds(0)));
  });
}

TYPED_TEST(Park, ReadyEndsAPark) {
  std::atomic<Waiter*> parked{nullptr};
  int data = 0;
  bool done = false;
  TypeParam jobs;
  jobs.Start([&] {
    Waiter self;
    parked = &self;
    park(self);
    EXPECT_EQ(data, 7);
    done = true;
  });
  jobs.AwaitParked();
  ASSERT_TRUE(Eventually([&] { return parked != nullptr; }));
  data = 7;
  ready(*parked);
  jobs.Join();
  EXPECT_TRUE(done);
}

TYPED_TEST(Park, ACommitThatIsFalseDoesNotPark) {
  this->Run([] {
    Waiter self;
    EXPECT_FALSE(park(self, [] { return false; }));
    // It is as good as new.
    EXPECT_TRUE(park(self, [&] {
      ready(self);
      return true;
    }));
  });
}

TYPED_TEST(Park, WhatCommitThrowsLeavesPark) {
  this->Run([] {
    Waiter self;
    EXPECT_THROW(park(self, [] { throw std::runtime_error("commit"); }),
                 std::runtime_error);
    EXPECT_FALSE(park_for(self, milliseconds(0)));
  });
}

// The lock under which the waiter was published is released by commit: the
// readier takes it only when the waiter is there, and may come before the park.
TYPED_TEST(Park, CommitReleasesTheLock) {
  std::mutex mutex;
  std::deque<Waiter*> list;
  long handed = 0;
  const int rounds = Rounds(5000);
  TypeParam jobs;
  jobs.Start([&] {
    for (int i = 0; i < rounds; ++i) {
      Waiter self;
      mutex.lock();
      list.push_back(&self);
      park(self, [&] { mutex.unlock(); });
      ASSERT_EQ(handed, i + 1);
    }
  });
  for (int i = 0; i < rounds;) {
    mutex.lock();
    Waiter* const waiter = list.empty() ? nullptr : list.front();
    if (waiter != nullptr) list.pop_front();
    mutex.unlock();
    if (waiter == nullptr) {
      std::this_thread::yield();
      continue;
    }
    ++handed;
    ++i;
    ready(*waiter);
  }
  jobs.Join();
  EXPECT_EQ(handed, rounds);
}

TYPED_TEST(Park, TimedParkEndsByTime) {
  this->Run([] {
    Waiter self;
    const auto check = [&](auto timeout) {
      const auto start = steady_clock::now();
      EXPECT_FALSE(park_for(self, timeout));
      EXPECT_GE(steady_clock::now() - start, timeout);
    };
    check(std::chrono::nanoseconds(1));
    check(std::chrono::microseconds(70));
    check(milliseconds(3));
    const auto until = [&](auto at) {
      EXPECT_FALSE(park_until(self, at));
      EXPECT_GE(decltype(at)::clock::now(), at);
    };
    until(steady_clock::now() + milliseconds(3));
    until(std::chrono::system_clock::now() + milliseconds(3));
    until(SlowClock::now() + milliseconds(3));
    until(steady_clock::time_point::min());
  });
}

TYPED_TEST(Park, TheReadyAfterATimeoutIsForTheNextPark) {
  std::atomic<Waiter*> timed_out{nullptr};
  TypeParam jobs;
  jobs.Start([&] {
    Waiter self;
    EXPECT_FALSE(park_for(self, milliseconds(1)));
    timed_out = &self;
    // Without a deadline: only the late ready ends it.
    park(self);
    EXPECT_FALSE(park_for(self, milliseconds(1)));
  });
  ASSERT_TRUE(Eventually([&] { return timed_out != nullptr; }));
  ready(*timed_out);
}

TYPED_TEST(Park, ReadyEndsATimedPark) {
  for (int way = 0; way < 3; ++way) {
    std::atomic<Waiter*> parked{nullptr};
    TypeParam jobs;
    jobs.Start([&] {
      Waiter self;
      parked = &self;
      EXPECT_TRUE(way == 0   ? park_for(self, hours(1))
                  : way == 1 ? park_until(self, steady_clock::now() + hours(1))
                             : park_for(self, hours::max()));
    });
    jobs.AwaitParked();
    ASSERT_TRUE(Eventually([&] { return parked != nullptr; }));
    ready(*parked);
  }
}

// A ready and a deadline at the same time: exactly one of them ends each park,
// and what was not consumed is there for the next.
TYPED_TEST(Park, TimeoutRacesReady) {
  struct Shared {
    std::mutex mutex;
    Waiter* published = nullptr;
    bool over = false;
    // Of whoever has published or taken the waiter last.
    long data = 0;
  } shared;
  const int rounds = Rounds(5000);
  TypeParam jobs;
  jobs.Start([&] {
    Random random = Random::Stream(1);
    for (int i = 0; i < rounds; ++i) {
      Waiter self;
      {
        const std::lock_guard<std::mutex> hold(shared.mutex);
        shared.published = &self;
      }
      if (!park_for(self, random.Microseconds(40))) {
        std::unique_lock<std::mutex> hold(shared.mutex);
        const bool mine = shared.published == &self;
        if (mine) shared.published = nullptr;
        hold.unlock();
        if (mine) continue;
        // Taken: the ready can't be stopped.
        park(self);
      }
      ASSERT_EQ(shared.data % 2, 1);
      ++shared.data;
    }
    const std::lock_guard<std::mutex> hold(shared.mutex);
    shared.over = true;
  });
  Random random = Random::Stream(2);
  for (;;) {
    Burn(random.Microseconds(40));
    Waiter* waiter;
    {
      const std::lock_guard<std::mutex> hold(shared.mutex);
      if (shared.over) break;
      waiter = std::exchange(shared.published, nullptr);
      if (waiter == nullptr) continue;
      // No second one before the waiter has added its own.
      ++shared.data;
    }
    ready(*waiter);
  }
  jobs.Join();
}

// The waiter is gone as soon as it is readied.
TYPED_TEST(Park, AWaiterMayBeDeletedWhenItsParkReturns) {
  Random random = Random::Stream(3);
  for (int i = 0; i < Rounds(500); ++i) {
    std::atomic<Waiter*> published{nullptr};
    const bool timed = random.OneIn(2);
    const auto delay = random.Microseconds(40);
    TypeParam jobs;
    jobs.Start([&published, timed] {
      auto self = std::make_unique<Waiter>();
      published = self.get();
      if (timed) {
        while (!park_for(*self, std::chrono::microseconds(20))) {
        }
      } else {
        park(*self);
      }
    });
    Waiter* waiter = nullptr;
    while ((waiter = published) == nullptr) std::this_thread::yield();
    Burn(delay);
    ready(*waiter);
  }
}

TEST(ParkDeathTest, ASecondReadyIsFatal) {
  testing::FLAGS_gtest_death_test_style = "fast";
  Waiter waiter;
  EXPECT_EXIT(
      {
        ready(waiter);
        ready(waiter);
      },
      Aborted, "Waiter at 0x\\w+: a second ready for one park");
}

// A ready that comes while the task, readied before, has not gone on yet.
TEST(ParkDeathTest, ASecondReadyOfATaskIsFatal) {
  testing::FLAGS_gtest_death_test_style = "fast";
  EXPECT_EXIT(
      {
        auto& scheduler = *new TinyScheduler(1);
        std::atomic<Waiter*> parked{nullptr};
        scheduler.spawn([&] {
          Waiter self;
          parked = &self;
          park(self);
        });
        while (scheduler.suspended() == 0) std::this_thread::yield();
        // The only worker is busy when the ready comes.
        std::atomic<bool> busy{false};
        scheduler.spawn([&] {
          busy = true;
          for (;;) std::this_thread::yield();
        });
        while (!busy) std::this_thread::yield();
        ready(*parked);
        ready(*parked);
      },
      Aborted, "a second ready for one park");
}

TEST(ParkTask, ManyTasksOnTwoWorkers) {
  const int tasks = kTsan ? 500 : 10000;
  std::mutex mutex;
  std::vector<Waiter*> parked;
  std::atomic<int> gone_on{0};
  TaskJobs<2> jobs;
  for (int i = 0; i < tasks; ++i) {
    jobs.Start([&] {
      Waiter self;
      mutex.lock();
      parked.push_back(&self);
      park(self, [&] { mutex.unlock(); });
      ++gone_on;
    });
  }
  // All of them are parked, and both workers are free.
  ASSERT_TRUE(Eventually([&] { return Tiny<2>().suspended() == tasks; }));
  EXPECT_EQ(gone_on, 0);
  std::atomic<bool> ran{false};
  Tiny<2>().spawn([&] { ran = true; });
  EXPECT_TRUE(Eventually([&] { return ran.load(); }));
  {
    const std::lock_guard<std::mutex> hold(mutex);
    for (Waiter* const waiter : parked) ready(*waiter);
  }
  jobs.Join();
  EXPECT_EQ(gone_on, tasks);
}

// A task parks on one worker and is there, whole, on the other.
TEST(ParkTask, GoesOnOnAnotherThread) {
  std::atomic<long> before{0};
  std::atomic<long> after{0};
  std::atomic<Waiter*> parked{nullptr};
  std::atomic<bool> blocks{false};
  TaskJobs<2> jobs;
  jobs.Start([&] {
    Waiter self;
    double value = 2.5;
    before = ThreadId();
    parked = &self;
    park(self);
    EXPECT_EQ(value, 2.5);
    after = ThreadId();
    blocks = false;
  });
  ASSERT_TRUE(jobs.AwaitParked());
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
  ready(*parked);
  jobs.Join();
  EXPECT_NE(before.load(), after.load());
}

// Beyond the scheduler's limit a park holds the thread, and works.
TEST(ParkTask, ASchedulerThatRefusesParksTheThread) {
  static auto& scheduler = *new TinyScheduler(2, 1);
  std::atomic<Waiter*> parked[2] = {};
  std::atomic<int> left{2};
  for (auto& place : parked) {
    scheduler.spawn([&place, &left] {
      Waiter self;
      place = &self;
      park(self);
      EXPECT_FALSE(park_for(self, milliseconds(1)));
      --left;
    });
  }
  ASSERT_TRUE(Eventually([] { return scheduler.refusals() > 0; }));
  EXPECT_LE(scheduler.suspended(), 2);  // one may be on its way to refusal
  for (auto& place : parked) {
    ASSERT_TRUE(Eventually([&] { return place != nullptr; }));
    ready(*place);
  }
  EXPECT_TRUE(Eventually([&] { return left == 0; }));
}

TEST(ParkScripted, ReadyBeforeTheTaskIsSuspended) {
  Scripted& scheduler = Scripted::Get();
  for (const bool timed : {false, true}) {
    Waiter self;
    scheduler.Script(
        [&] {
          ready(self);
          EXPECT_EQ(scheduler.resumes(), 0);
        },
        // Resumed by suspended() itself.
        [&] { EXPECT_EQ(scheduler.resumes(), 1); });
    EXPECT_TRUE(park_for(self, timed ? hours(1) : hours::max()));
    EXPECT_EQ(scheduler.resumes(), 1);
    EXPECT_FALSE(park_for(self, milliseconds(1)));
  }
}

TEST(ParkScripted, ReadyBeforeTheSwitchIsOver) {
  Scripted& scheduler = Scripted::Get();
  for (const bool timed : {false, true}) {
    Waiter self;
    scheduler.Script([] {},
                     [&] {
                       EXPECT_EQ(scheduler.resumes(), 0);
                       ready(self);
                       EXPECT_EQ(scheduler.resumes(), 1);
                     });
    EXPECT_TRUE(park_for(self, timed ? hours(1) : hours::max()));
    EXPECT_EQ(scheduler.resumes(), 1);
    EXPECT_FALSE(park_for(self, milliseconds(1)));
  }
}

TEST(ParkScripted, TheDeadlineBeforeTheSwitchIsOver) {
  Scripted& scheduler = Scripted::Get();
  Waiter self;
  scheduler.Script(
      [] {},
      [&] {
        EXPECT_TRUE(Eventually([&] { return scheduler.resumes() == 1; }));
      });
  EXPECT_FALSE(park_for(self, milliseconds(1)));
  EXPECT_EQ(scheduler.resumes(), 1);
  // A ready that comes between the timer and the end of the park counts.
  scheduler.Script(
      [] {},
      [&] {
        EXPECT_TRUE(Eventually([&] { return scheduler.resumes() == 1; }));
        ready(self);
      });
  EXPECT_TRUE(park_for(self, milliseconds(1)));
  EXPECT_EQ(scheduler.resumes(), 1);
}

// Nothing but a waiter and a flag of the thread's: no task runs meanwhile.
TEST(ParkTask, PlainThreadsOfAProcessWithSchedulersParkThemselves) {
  Tiny<2>();
  std::atomic<Waiter*> parked{nullptr};
  Thread thread([&] {
    Waiter self;
    parked = &self;
    park(self);
  });
  ASSERT_TRUE(Eventually([&] { return parked != nullptr; }));
  ASSERT_TRUE(thread.WaitAsleep());
  EXPECT_EQ(Tiny<2>().suspended(), 0);
  ready(*parked);
}

}  // namespace
}  // namespace parkway::test
