// SPDX-License-Identifier: Apache-2.0

// The blocking pool and the timers of tasks in the child of a fork, from its
// first handler on.
#include <gtest/gtest.h>
#include <pthread.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "parkway/note.h"
#include "parkway/task/blocking_pool.h"
#include "parkway/task/park.h"
#include "parkway/task/run_blocking.h"
#include "parkway/task/scheduler.h"
#include "tests/suites/jobs.h"
#include "tests/suites/not_emulated.h"
#include "tests/suites/support.h"
#include "tests/unit/stack/stoppable.h"

namespace parkway::test {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;

// A call that lasts until `may_end`, if there is one.
class Call : public BlockingRequest {
 public:
  explicit Call(Note* may_end = nullptr)
      : BlockingRequest(&Serve), may_end_(may_end) {
    blocking_pool().submit(*this);
  }
  ~Call() { served_.sleep(); }

 private:
  static void Serve(BlockingRequest& request) {
    auto& self = static_cast<Call&>(request);
    if (self.may_end_ != nullptr) self.may_end_->sleep();
    self.served_.wakeup();
  }

  Note* const may_end_;
  Note served_;
};

bool UsePool() {
  const std::uint64_t before = blocking_pool().stats().calls;
  { const Call first, second, third; }
  return blocking_pool().stats().calls == before + 3;
}

// A scheduler whose tasks are threads, which wait when they are suspended.
class AsTask final : public Scheduler {
 public:
  static AsTask& Get() {
    static AsTask scheduler;
    return scheduler;
  }

  // `then` runs once, when the caller's next park has suspended it.
  template <class Park>
  static bool Run(Park park, void (*then)(void*) = nullptr,
                  void* argument = nullptr) {
    add_scheduler(Get());
    t_in_task = true;
    t_then = then;
    t_argument = argument;
    const bool result = park();
    t_in_task = false;
    return result;
  }

  const char* name() const noexcept override { return "AsTask"; }
  bool in_task() noexcept override { return t_in_task; }
  bool suspend(Suspension& suspension) noexcept override {
    Note resumed;
    suspension.suspended(&resumed);
    if (t_then != nullptr) t_then(t_argument);
    resumed.sleep();
    return true;
  }
  void resume(void* task) noexcept override {
    static_cast<Note*>(task)->wakeup();
  }

 private:
  static thread_local bool t_in_task;
  static thread_local void (*t_then)(void*);
  static thread_local void* t_argument;
};
thread_local bool AsTask::t_in_task = false;
thread_local void (*AsTask::t_then)(void*) = nullptr;
thread_local void* AsTask::t_argument = nullptr;

bool UseTimers() {
  Waiter self;
  return AsTask::Run([&] { return !park_for(self, milliseconds(1)); });
}

bool UseBoth() { return UsePool() && UseTimers(); }

// With a scheduler that is made here.
bool UseInTasks() {
  auto& scheduler = *new TinyScheduler(2);
  std::atomic<int> done{0};
  for (int i = 0; i < 10; ++i) {
    scheduler.spawn([&done, i] {
      Waiter self;
      if (park_for(self, milliseconds(1))) return;
      if (run_blocking([i] { return i; }) == i) ++done;
    });
  }
  return Eventually([&] { return done == 10; });
}

bool g_good_in_handler;
void UseInHandler() { g_good_in_handler = UseBoth() && UseInTasks(); }

// 0 if the child and its child can use all, in the handler and after it.
int UseInChildren() {
  g_good_in_handler = false;
  return RunInChild(
      [] {
        if (!g_good_in_handler) return 2;
        if (!UseBoth() || !UseInTasks()) return 3;
        g_good_in_handler = false;
        return RunInChild([] { return g_good_in_handler && UseBoth() ? 0 : 4; },
                          20);
      },
      40);
}

// By a thread of its own. Starts no thread, if two threads of the pool are
// there.
void UseWithoutMemory() {
  UsePool();
  // A timer that is started and stopped.
  Waiter self;
  AsTask::Run([&] { return park_for(self, hours(1)); },
              [](void* waiter) { ready(*static_cast<Waiter*>(waiter)); },
              &self);
}

// A thread in the middle of either, wherever that is, and threads of the pool
// that are idle and busy.
int ForkBesideUse() {
  blocking_pool().set_max_threads(2);
  blocking_pool().set_idle_time(hours(1));
  Note may_end;
  const Call busy(&may_end);
  Stoppable other(&UseWithoutMemory);
  int status = 0;
  for (int i = 0; i < Rounds(40) && status == 0; ++i) {
    other.Stop();
    status = UseInChildren();
    other.GoOn();
  }
  may_end.wakeup();
  return status;
}

// Each in a process of its own, which has used nothing of parkway before.
class TaskForkDeathTest : public testing::Test {
 protected:
  void SetUp() override {
    if (const char* why = WhyNoFork(Others::kRunning)) GTEST_SKIP() << why;
    GTEST_FLAG_SET(death_test_style, "threadsafe");
  }
};

TEST_F(TaskForkDeathTest, HandlerOfBeforeTheFirstUse) {
  EXPECT_EXIT(
      {
        pthread_atfork(nullptr, nullptr, &UseInHandler);
        _exit(ForkBesideUse());
      },
      testing::ExitedWithCode(0), "");
}

TEST_F(TaskForkDeathTest, HandlerOfAfterTheFirstUse) {
  EXPECT_EXIT(
      {
        if (!UseBoth()) _exit(5);
        pthread_atfork(nullptr, nullptr, &UseInHandler);
        _exit(ForkBesideUse());
      },
      testing::ExitedWithCode(0), "");
}

TEST_F(TaskForkDeathTest, TheChildIsTheFirstToUseThem) {
  EXPECT_EXIT(
      {
        pthread_atfork(nullptr, nullptr, &UseInHandler);
        _exit(UseInChildren());
      },
      testing::ExitedWithCode(0), "");
}

// Also for who has kept the pool.
int LimitsAndCounts() {
  BlockingPool& pool = blocking_pool();
  pool.set_max_threads(3);
  pool.set_idle_time(milliseconds(1234));
  Note may_end[5];
  std::vector<std::unique_ptr<Call>> calls;
  for (Note& note : may_end) calls.push_back(std::make_unique<Call>(&note));
  const int status = RunInChild([&pool] {
    const BlockingStats stats = pool.stats();
    if (stats.calls != 0 || stats.queued != 0 || stats.threads != 0) return 2;
    if (stats.peak_queued != 0 || stats.peak_threads != 0) return 3;
    if (pool.max_threads() != 3) return 4;
    if (pool.idle_time() != milliseconds(1234)) return 5;
    return UsePool() && pool.stats().calls == 3 ? 0 : 6;
  });
  for (Note& note : may_end) note.wakeup();
  calls.clear();
  return pool.stats().calls == 5 ? status : 7;
}

TEST_F(TaskForkDeathTest, LimitsStayAndCountsDoNot) {
  EXPECT_EXIT(_exit(LimitsAndCounts()), testing::ExitedWithCode(0), "");
}

// A task goes on in the child whose timer was started in the parent, where it
// was the earliest of many.
int GoOnInTheChild() {
  TaskJobs<2> jobs;
  std::mutex mutex;
  std::vector<Waiter*> others;
  for (int i = 0; i < 20; ++i) {
    jobs.Start([&] {
      Waiter self;
      park_until(self, [&] {
        const std::lock_guard<std::mutex> hold(mutex);
        others.push_back(&self);
        return std::chrono::steady_clock::now() + hours(1);
      }());
    });
  }
  if (!Eventually([&] { return Tiny<2>().suspended() == 20; })) return 2;
  struct Forks {
    Waiter self;
    int status = -1;
    bool is_child = false;
  };
  Forks forks;
  const bool readied =
      AsTask::Run([&] { return park_for(forks.self, minutes(1)); },
                  [](void* argument) {
                    auto& forks = *static_cast<Forks*>(argument);
                    const pid_t child = fork();
                    if (child == 0) {
                      alarm(20);
                      forks.is_child = true;
                    } else {
                      waitpid(child, &forks.status, 0);
                    }
                    ready(forks.self);
                  },
                  &forks);
  if (forks.is_child) _exit(readied && UseBoth() ? 0 : 3);
  for (Waiter* const waiter : others) ready(*waiter);
  jobs.Join();
  if (!readied) return 4;
  return forks.status == 0 ? 0 : 5;
}

TEST_F(TaskForkDeathTest, ATimerOfTheParentIsNoneOfTheChild) {
  EXPECT_EXIT(_exit(GoOnInTheChild()), testing::ExitedWithCode(0), "");
}

// ---- What is no fork, or none that a child uses.

TEST(TaskFork, SpawnedProgramsBesideRunningThreads) {
  if (kTsan) GTEST_SKIP() << "TSan runs its handlers around a spawn";
  ASSERT_TRUE(UseBoth());
  const std::uint64_t before = blocking_pool().stats().calls;
  const int rounds = Rounds(20);
  for (int i = 0; i < rounds; ++i) {
    pid_t child = 0;
    char name[] = "/bin/true";
    char* arguments[] = {name, nullptr};
    ASSERT_EQ(posix_spawn(&child, name, nullptr, nullptr, arguments, nullptr),
              0);
    EXPECT_TRUE(UseBoth());
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(blocking_pool().stats().calls,
            before + 3 * static_cast<std::uint64_t>(rounds));
}

// It has its parent's memory, and so its parent's threads.
TEST(TaskFork, TheChildOfAVforkIsTheSameProcess) {
  if (kTsan || kAsan) GTEST_SKIP() << "a sanitizer makes a fork of it";
  ASSERT_TRUE(UseBoth());
  const std::uint64_t before = blocking_pool().stats().calls;
  const pid_t child = vfork();
  if (child == 0) _exit(UseBoth() ? 0 : 1);
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(blocking_pool().stats().calls, before + 3);
}

}  // namespace
}  // namespace parkway::test
