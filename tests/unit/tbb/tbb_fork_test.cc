// SPDX-License-Identifier: Apache-2.0

// Late resumes and the counts of tasks in the child of a fork, from its first
// handler on.
#include <pthread.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>

#include "gtest/gtest.h"
#include "oneapi/tbb/global_control.h"
#include "oneapi/tbb/task_arena.h"
#include "oneapi/tbb/task_group.h"
#include "parkway/note.h"
#include "parkway/tbb/task/late_resumes.h"
#include "parkway/tbb/task/task_mutex.h"
#include "parkway/tbb/task/task_scheduler.h"
#include "tests/suites/support.h"
#include "tests/unit/tbb/end_workers.h"

namespace parkway {
namespace tbb {
namespace {

using test::Others;
using test::RunInChild;
using test::WhyNoFork;

class Resume : public LateResume {
 public:
  Note begun;
  Note may_end;

 private:
  void expedite() noexcept override {
    begun.wakeup();
    may_end.sleep();
  }
};

int g_arena;

// One that is late and expedited, and waited for.
bool UseLateResumes() {
  Resume resume;
  resume.may_end.wakeup();
  if (!resume.watch(&g_arena)) return false;
  resume.begun.sleep();
  resume.went_on();
  return true;
}

// Tasks that wait for a lock which the thread that waits for them holds.
bool UseTasks() {
  task_mutex mutex;
  std::atomic<int> done{0};
  ::tbb::task_group group;
  mutex.lock();
  for (int i = 0; i < 10; ++i) {
    group.run([&] {
      const std::lock_guard<task_mutex> hold(mutex);
      ++done;
    });
  }
  mutex.unlock();
  group.wait();
  return done == 10;
}

bool g_good_in_handler;
void UseInHandler() { g_good_in_handler = UseLateResumes() && UseTasks(); }

int UseInChildren() {
  g_good_in_handler = false;
  return RunInChild(
      [] {
        if (!g_good_in_handler) return 2;
        if (!UseLateResumes() || !UseTasks()) return 3;
        EndWorkers();
        g_good_in_handler = false;
        return RunInChild(
            [] { return g_good_in_handler && UseLateResumes() ? 0 : 4; }, 30);
      },
      60);
}

// The thread that looks after late resumes rests, has some that are not late,
// and is in the middle of one.
int ForkBesideUse() {
  if (!UseLateResumes() || !UseTasks()) return 5;
  EndWorkers();
  if (const int status = UseInChildren()) return status;
  Resume in_the_middle;
  if (!in_the_middle.watch(&g_arena)) return 6;
  in_the_middle.begun.sleep();
  // Nobody comes to see that this one is late.
  Resume watched;
  if (!watched.watch(&g_arena)) return 6;
  int status = UseInChildren();
  if (status == 0) {
    // Neither is the child's, and nobody there would end a wait for it.
    status = RunInChild(
        [&] {
          watched.went_on();
          in_the_middle.went_on();
          return UseLateResumes() ? 0 : 7;
        },
        30);
  }
  in_the_middle.may_end.wakeup();
  watched.may_end.wakeup();
  in_the_middle.went_on();
  watched.went_on();
  return status;
}

// Each in a process of its own, which has used nothing of parkway before.
class TbbForkDeathTest : public testing::Test {
 protected:
  void SetUp() override {
    if (const char* why = WhyNoFork(Others::kRunning)) GTEST_SKIP() << why;
    GTEST_FLAG_SET(death_test_style, "threadsafe");
  }
};

TEST_F(TbbForkDeathTest, HandlerOfBeforeTheFirstUse) {
  EXPECT_EXIT(
      {
        pthread_atfork(nullptr, nullptr, &UseInHandler);
        _exit(ForkBesideUse());
      },
      testing::ExitedWithCode(0), "");
}

TEST_F(TbbForkDeathTest, HandlerOfAfterTheFirstUse) {
  EXPECT_EXIT(
      {
        if (!UseLateResumes()) _exit(8);
        pthread_atfork(nullptr, nullptr, &UseInHandler);
        _exit(ForkBesideUse());
      },
      testing::ExitedWithCode(0), "");
}

// A child that is forked while the program ends, after the handler that says
// so, leaves oneTBB alone as well.
int ForkAfterStop() {
  if (!UseLateResumes()) return 2;
  LateResume::stop();
  return RunInChild(
      [] {
        Resume resume;
        if (!resume.watch(&g_arena)) return 3;
        // Ten times as long as it takes to be late.
        const auto time = std::chrono::nanoseconds(10 * LateResume::kLateNs);
        if (resume.begun.sleep_for(time)) return 4;
        resume.went_on();
        return 0;
      },
      30);
}

TEST_F(TbbForkDeathTest, TheChildOfAnEndingProcessEnds) {
  EXPECT_EXIT(_exit(ForkAfterStop()), testing::ExitedWithCode(0), "");
}

// A task that waits counts as suspended, or has its thread parked.
std::uint64_t Waits() {
  const TaskStats stats = task_stats();
  return stats.suspensions + stats.parked_threads;
}

int ForkBesideATaskThatWaits() {
  const ::tbb::global_control worker(
      ::tbb::global_control::max_allowed_parallelism, 2);
  ::tbb::task_arena one_worker(2);
  task_mutex mutex;
  Note ended;
  mutex.lock();
  one_worker.enqueue([&] {
    mutex.lock();
    mutex.unlock();
    ended.wakeup();
  });
  if (!test::Eventually([] { return Waits() == 1; })) return 2;
  const int status = RunInChild([] {
    const TaskStats stats = task_stats();
    return stats.suspended == 0 && stats.peak == 0 && Waits() == 0 ? 0 : 3;
  });
  mutex.unlock();
  ended.sleep();
  return status;
}

TEST_F(TbbForkDeathTest, CountsBeginAnew) {
  EXPECT_EXIT(_exit(ForkBesideATaskThatWaits()), testing::ExitedWithCode(0),
              "");
}

// ---- What is no fork.

TEST(TbbFork, SpawnedProgramsBesideRunningThreads) {
  for (int i = 0; i < 20; ++i) {
    pid_t child = 0;
    char name[] = "/bin/true";
    char* arguments[] = {name, nullptr};
    ASSERT_EQ(posix_spawn(&child, name, nullptr, nullptr, arguments, nullptr),
              0);
    EXPECT_TRUE(UseLateResumes());
    EXPECT_TRUE(UseTasks());
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
}

}  // namespace
}  // namespace tbb
}  // namespace parkway
