// SPDX-License-Identifier: Apache-2.0

// A thread may lose its CPU between any two instructions, and for as long as
// others of a higher priority want to run. Whoever waits for it then sleeps:
// one that polls or yields may be what keeps it from running, for ever.
//
// Here a signal stops threads wherever they are. A thread that uses the object
// meanwhile must come to its end or to rest; whether it rests is told by its
// CPU time. What needs no right to set priorities; priority_test.cc needs it.
#include <errno.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "tests/process/budget.h"
#include "tests/process/child.h"
#include "tests/process/sleeps.h"
#include "tests/process/subject.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

constexpr int kStopped = 6;
constexpr int kTrials = 2000;
// Those in which the other thread has to wait for one that was stopped take as
// long as it takes to see that it rests.
constexpr int kTrialsThatWait = 15;
constexpr std::chrono::milliseconds kTime{100};

std::atomic<bool> g_stop{false};
std::atomic<int> g_stopped{0};

void OnSignal(int) {
  const int saved = errno;
  ++g_stopped;
  while (g_stop) {
    constexpr timespec kTenMicroseconds = {0, 10000};
    nanosleep(&kTenMicroseconds, nullptr);
  }
  --g_stopped;
  errno = saved;
}

// Short sleeps that are short: so the threads are elsewhere more often.
void SleepPrecisely() { prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0); }

// Threads that do the same again and again, and can all be stopped at once.
class StoppableThreads {
 public:
  explicit StoppableThreads(const std::function<void()>& again) {
    struct sigaction action = {};
    action.sa_handler = &OnSignal;
    action.sa_flags = SA_RESTART;
    sigaction(SIGUSR1, &action, nullptr);
    for (int i = 0; i < kStopped; ++i) {
      threads_.push_back(std::make_unique<Thread>([this, again] {
        SleepPrecisely();
        ++running_;
        while (!ended_) again();
        // Signals that are out must find the thread.
        ++left_;
        while (left_ != kStopped) usleep(100);
      }));
    }
    while (running_ != kStopped) usleep(100);
  }
  ~StoppableThreads() {
    GoOn();
    ended_ = true;
  }
  StoppableThreads(const StoppableThreads&) = delete;
  StoppableThreads& operator=(const StoppableThreads&) = delete;

  // Returns when all have stopped.
  void Stop() {
    g_stop = true;
    for (const auto& thread : threads_) {
      pthread_kill(thread->handle(), SIGUSR1);
    }
    while (g_stopped != kStopped) usleep(5);
  }
  void GoOn() {
    g_stop = false;
    while (g_stopped != 0) usleep(5);
  }

 private:
  std::atomic<int> running_{0};
  std::atomic<bool> ended_{false};
  std::atomic<int> left_{0};
  std::vector<std::unique_ptr<Thread>> threads_;
};

// A thread that does what it is told, one thing after another.
class Doer {
 public:
  Doer()
      : thread_([this] {
          SleepPrecisely();
          for (int i = 1;; ++i) {
            while (asked_ != i) {
              if (asked_ < 0) return;
              usleep(5);
            }
            do_();
            done_ = i;
          }
        }) {}
  ~Doer() { asked_ = -1; }
  Doer(const Doer&) = delete;
  Doer& operator=(const Doer&) = delete;

  void Start(std::function<void()> what) {
    do_ = std::move(what);
    ++asked_;
  }
  bool Done() const { return done_ == asked_; }
  void Await() const {
    while (!Done()) usleep(5);
  }

  // Whether it has done it, or sleeps without end.
  bool EndsOrRests() {
    for (int i = 0; i < 300; ++i) {
      if (Done()) return true;
      usleep(10);
    }
    for (int attempt = 0; attempt < 40; ++attempt) {
      const long before = CpuTime();
      SleepRepeatedly();
      if (Done() || CpuTime() == before) return true;
    }
    return false;
  }

 private:
  long CpuTime() {
    clockid_t clock;
    timespec time = {};
    if (pthread_getcpuclockid(thread_.handle(), &clock) == 0) {
      clock_gettime(clock, &time);
    }
    return time.tv_sec * 1000000000L + time.tv_nsec;
  }

  std::function<void()> do_;
  std::atomic<int> asked_{0};
  std::atomic<int> done_{0};
  Thread thread_;
};

// The object is free, and the threads use it in turns.
int StopThreadsThatUseIt(const SubjectKind& kind) {
  const std::unique_ptr<Subject> owned = kind.Make();
  Subject& object = *owned;
  StoppableThreads threads([&] { object.Section([] {}); });
  Doer doer;
  Step("the object is given back while others are stopped");
  for (Budget budget(kTrials, kTime); budget.Next();) {
    std::atomic<bool> inside{false};
    std::atomic<bool> go_on{false};
    doer.Start([&] {
      object.Section([&] {
        inside = true;
        while (!go_on) usleep(5);
      });
    });
    while (!inside) usleep(5);
    threads.Stop();
    go_on = true;
    Demand(doer.EndsOrRests(),
           "a thread that gives the object back polls for a stopped one");
    threads.GoOn();
    doer.Await();
  }
  Step("the object is asked for while others are stopped");
  for (Budget budget(kTrialsThatWait, kTime); budget.Next();) {
    threads.Stop();
    doer.Start([&] { object.Section([] {}); });
    Demand(doer.EndsOrRests(),
           "a thread that asks for the object polls for a stopped one");
    threads.GoOn();
    doer.Await();
  }
  return 0;
}

// Somebody holds the object, and the threads' time is up again and again.
int StopThreadsThatLeave(const SubjectKind& kind) {
  const std::unique_ptr<Subject> owned = kind.Make();
  Subject& object = *owned;
  object.Hold();
  {
    StoppableThreads threads([&] { object.Brief(); });
    Doer doer;
    Step("a wait ends by its time while others are stopped");
    for (Budget budget(kTrials, kTime); budget.Next();) {
      threads.Stop();
      doer.Start([&] { object.Brief(); });
      Demand(doer.EndsOrRests(),
             "a thread whose time is up polls for a stopped one");
      threads.GoOn();
      doer.Await();
    }
  }
  object.Wake();
  return 0;
}

class StoppedThreads : public SubjectTest {
 protected:
  static constexpr ChildOptions kProgram = {60, &fork};

  void SetUp() override {
    if (kTsan) GTEST_SKIP() << "TSan delivers signals late";
  }
};

TEST_P(StoppedThreads, WhoUseTheObject) {
  if (!kind().has_section) GTEST_SKIP() << "it has no sections";
  const Outcome outcome =
      RunChild([] { return StopThreadsThatUseIt(kind()); }, kProgram);
  EXPECT_TRUE(EndedWell(outcome));
}

TEST_P(StoppedThreads, WhoseTimeIsUp) {
  if (!kind().has_brief) GTEST_SKIP() << "it has no limits";
  const Outcome outcome =
      RunChild([] { return StopThreadsThatLeave(kind()); }, kProgram);
  EXPECT_TRUE(EndedWell(outcome));
}

INSTANTIATE_TEST_SUITE_P(All, StoppedThreads,
                         testing::ValuesIn(Only([](const SubjectKind& kind) {
                           return (kind.has_section || kind.has_brief) &&
                                  kind.quirk == Quirk::kNone;
                         })),
                         NameOf);

}  // namespace
}  // namespace parkway::test
