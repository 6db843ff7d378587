// SPDX-License-Identifier: Apache-2.0

// The timers of tasks that park with a deadline.
#include "parkway/task/task_timer.h"

#include <gtest/gtest.h>
#if !defined(_WIN32)
#include <signal.h>
#include <sys/resource.h>
#endif

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <ios>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "parkway/task/park.h"
#include "parkway/task/task_platform.h"
#include "parkway/wait/worker.h"
#include "tests/suites/jobs.h"
#include "tests/suites/scripted_scheduler.h"

namespace parkway::test {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;

// A park with a deadline as a task of Scripted, by its timer; 0 if so.
int ParkByTimer() {
  Scripted& scheduler = Scripted::Get();
  // A time that is up before the task is suspended is none for the timer.
  for (milliseconds time(1); time < milliseconds(2000); time *= 2) {
    scheduler.Script([] {}, [] {});
    Waiter self;
    if (park_for(self, time)) return 2;
    if (scheduler.resumes() == 1) return 0;
  }
  return 3;
}

// Comes first here: nothing has been made yet that knows of forks.
TEST(TaskTimer, ForkOfAProcessThatHasOnlyTimers) {
  if (const char* why = WhyNoFork(Others::kAsleep)) GTEST_SKIP() << why;
  EXPECT_EQ(RunInChild([] {
              const int result = ParkByTimer();
              return result != 0 ? result : RunInChild(&ParkByTimer);
            }),
            0);
}

#if !defined(_WIN32)
// Without a thread for the timers a task holds its own while it waits.
TEST(TaskTimer, ASystemWithoutThreadsToSpare) {
  if (kTsan || kAsan) GTEST_SKIP() << "a sanitizer needs address space";
  if (Emulated()) GTEST_SKIP() << "qemu-user has no RLIMIT_AS";
  EXPECT_EQ(RunInChild([] {
              current_worker();
              Scripted& scheduler = Scripted::Get();
              // No stack for another thread.
              const rlimit none = {1, RLIM_INFINITY};
              if (setrlimit(RLIMIT_AS, &none) != 0) return 4;
              if (ParkPlatform::timers_run()) return 5;
              scheduler.Script([] {}, [] {});
              Waiter self;
              if (park_for(self, milliseconds(1))) return 6;
              return scheduler.resumes() == 0 ? 0 : 7;
            }),
            0);
}
#endif

// Thousands of parks with random deadlines, and random readies that race them.
// Each round is one waiter's: published, then readied or taken back.
TEST(TaskTimer, RandomDeadlinesRaceRandomReadies) {
  const int tasks = kTsan ? 200 : 1000;
  const int rounds = Rounds(50);
  struct Place {
    std::atomic<Waiter*> published{nullptr};
  };
  std::vector<Place> places(static_cast<std::size_t>(tasks));
  std::atomic<int> left{tasks};
  std::atomic<long> parks{0};
  std::atomic<long> readied{0};
  std::atomic<long> timed_out{0};
  TaskJobs<2> jobs;
  for (int t = 0; t < tasks; ++t) {
    jobs.Start([&, t] {
      Random random = Random::Stream(100 + static_cast<unsigned>(t));
      Place& place = places[static_cast<std::size_t>(t)];
      // On until either has happened once.
      for (int i = 0; i < rounds || readied == 0 || timed_out == 0; ++i) {
        ++parks;
        Waiter self;
        place.published = &self;
        if (park_for(self, random.Microseconds(2000))) {
          ++readied;
          EXPECT_EQ(place.published, nullptr);
        } else if (place.published.exchange(nullptr) != nullptr) {
          ++timed_out;
        } else {
          park(self);
          ++readied;
        }
        EXPECT_FALSE(park_for(self, milliseconds(0)));
      }
      --left;
    });
  }
  Random random = Random::Stream(2);
  while (left > 0) {
    Place& place = places[random.Below(places.size())];
    if (Waiter* const waiter = place.published.exchange(nullptr)) {
      ready(*waiter);
    }
  }
  jobs.Join();
  EXPECT_GE(parks, static_cast<long>(tasks) * rounds);
  EXPECT_EQ(readied + timed_out, parks);
  EXPECT_GT(readied, 0);
  EXPECT_GT(timed_out, 0);
}

// A timer that is stopped leaves the heap: hours later nobody looks for it.
TEST(TaskTimer, ManyThatNeverExpire) {
  TaskJobs<2> jobs;
  for (int i = 0; i < (kTsan ? 100 : 1000); ++i) {
    jobs.Start([] {
      Random random = Random::Stream(3);
      for (int j = 0; j < 10; ++j) {
        Waiter self;
        EXPECT_TRUE(park(self, [&] {
          Tiny<2>().spawn([&self] { ready(self); });
          return true;
        }));
        Tiny<2>().spawn([&self] { ready(self); });
        EXPECT_TRUE(park_for(self, hours(1 + random.Below(1000))));
      }
    });
  }
}

// An earlier deadline than all that the timers' thread sleeps for.
TEST(TaskTimer, AnEarlierDeadlineIsNoticed) {
  std::atomic<Waiter*> late{nullptr};
  TaskJobs<2> jobs;
  jobs.Start([&] {
    Waiter self;
    late = &self;
    EXPECT_TRUE(park_for(self, hours(1)));
  });
  ASSERT_TRUE(jobs.AwaitParked());
  // The timers' thread, too.
  ASSERT_TRUE(WaitOthersAsleep());
  jobs.Start([] {
    Waiter self;
    EXPECT_FALSE(park_for(self, milliseconds(2)));
  });
  jobs.Start([&] {
    Waiter self;
    EXPECT_FALSE(park_for(self, milliseconds(4)));
    ready(*late);
  });
}

// More at one time than the timers' thread resumes after one look at the clock.
TEST(TaskTimer, ManyExpireAtOnce) {
  constexpr int kTasks = 300;
  // Unless all were parked before their time that shows nothing.
  bool shown = false;
  for (milliseconds time(20); !shown; time *= 2) {
    std::atomic<int> ended{0};
    const auto at = std::chrono::steady_clock::now() + time;
    TaskJobs<2> jobs;
    for (int i = 0; i < kTasks; ++i) {
      jobs.Start([&] {
        Waiter self;
        EXPECT_FALSE(park_until(self, at));
        ++ended;
      });
    }
    ASSERT_TRUE(Eventually([&] {
      shown = shown || Tiny<2>().suspended() == kTasks;
      return shown || ended > 0;
    }));
    jobs.Join();
    EXPECT_EQ(ended, kTasks);
  }
}

#if !defined(_WIN32)
// Of the only other thread of the process, as the kernel has it: bit n - 1 is
// signal n. 0 if there is none.
std::uint64_t SignalsBlockedByTheOther() {
  namespace fs = std::filesystem;
  for (const auto& task : fs::directory_iterator("/proc/self/task")) {
    if (task.path().filename() == std::to_string(ThreadId())) continue;
    std::ifstream status(task.path() / "status");
    for (std::string word; status >> word;) {
      if (word != "SigBlk:") continue;
      std::uint64_t blocked = 0;
      status >> std::hex >> blocked;
      return blocked;
    }
  }
  return 0;
}

// The timers' thread takes no signal of the program's.
TEST(TaskTimer, ItsThreadBlocksSignals) {
  if (const char* why = WhyNoFork(Others::kAsleep)) GTEST_SKIP() << why;
  EXPECT_EQ(
      RunInChild([] {
        static std::atomic<bool> handled{false};
        struct sigaction action = {};
        action.sa_handler = [](int) { handled = true; };
        sigaction(SIGUSR1, &action, nullptr);
        if (!ParkPlatform::timers_run()) return 2;
        const std::uint64_t blocked = SignalsBlockedByTheOther();
        for (const int signal : {SIGINT, SIGTERM, SIGALRM, SIGUSR1, SIGCHLD}) {
          if ((blocked >> (signal - 1)) % 2 == 0) return 3;
        }
        // Blocked by this one as well it stays pending.
        sigset_t set;
        sigemptyset(&set);
        sigaddset(&set, SIGUSR1);
        pthread_sigmask(SIG_BLOCK, &set, nullptr);
        kill(getpid(), SIGUSR1);
        sigset_t pending;
        sigpending(&pending);
        return !handled && sigismember(&pending, SIGUSR1) == 1 ? 0 : 1;
      }),
      0);
}
#endif

// Locks that the child of a fork holds and tasks of the parent wait for.
struct Forked {
  TaskMutex mutex;
  TaskRwMutex rw_mutex;
};

// A task of the child's waits for `mutex`, which the caller holds, and must get
// it by exactly one unlock: waiters of the parent, which were there before,
// take no wake. Returns whether it did, again and again.
template <class Mutex>
bool HandOverInChild(TinyScheduler& scheduler, Mutex& mutex) {
  for (int i = 0; i < 10; ++i) {
    std::atomic<bool> done{false};
    scheduler.spawn([&] {
      mutex.lock();
      mutex.unlock();
      done = true;
    });
    if (!Eventually([&] { return scheduler.suspended() == 1; })) return false;
    mutex.unlock();
    if (!Eventually([&] { return done.load(); })) return false;
    mutex.lock();
  }
  return true;
}

int UseInChild(Forked& forked) {
  auto& scheduler = *new TinyScheduler(2);
  if (!HandOverInChild(scheduler, forked.mutex)) return 2;
  if (!HandOverInChild(scheduler, forked.rw_mutex)) return 3;
  TaskCondVar changed;
  int done = 0;
  constexpr int kTasks = 20;
  for (int i = 0; i < kTasks; ++i) {
    scheduler.spawn([&] {
      Waiter self;
      if (park_for(self, milliseconds(1))) return;
      forked.mutex.lock();
      ++done;
      changed.notify_all();
      forked.mutex.unlock();
    });
  }
  changed.wait(forked.mutex, [&] { return done == kTasks; });
  return 0;
}

TEST(TaskTimer, ForkLeavesTheChildUsable) {
  if (const char* why = WhyNoFork(Others::kRunning)) GTEST_SKIP() << why;
  Forked forked;
  forked.mutex.lock();
  forked.rw_mutex.lock();
  std::atomic<bool> done{false};
  TaskJobs<2> jobs;
  // More than a child makes unlocks of each.
  for (int i = 0; i < 20; ++i) {
    jobs.Start([&] {
      forked.mutex.lock();
      forked.mutex.unlock();
    });
    jobs.Start([&] {
      forked.rw_mutex.lock();
      forked.rw_mutex.unlock();
    });
  }
  ASSERT_TRUE(jobs.AwaitParked());
  for (int i = 0; i < 10; ++i) {
    jobs.Start([&] {
      while (!done) {
        Waiter self;
        EXPECT_FALSE(park_for(self, microseconds(200)));
      }
    });
  }
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(RunInChild([&] { return UseInChild(forked); }), 0);
  }
  forked.mutex.unlock();
  forked.rw_mutex.unlock();
  done = true;
}

}  // namespace
}  // namespace parkway::test
