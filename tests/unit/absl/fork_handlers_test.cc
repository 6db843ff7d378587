// SPDX-License-Identifier: Apache-2.0

// The debugging aids in a child's handler of fork() that the program registered
// before anything of parkway was used, while other threads of the parent were
// in the middle of whatever there is.
#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "parkway/absl/deadlock.h"
#include "parkway/absl/events.h"
#include "parkway/absl/namespace.h"
#include "tests/suites/support.h"

namespace {

int (*g_in_child)() = nullptr;

void EarlyHandler() {
  if (g_in_child == nullptr) return;
  alarm(30);
  _exit(g_in_child());
}

// Handlers of the child run in the order in which they were registered.
[[maybe_unused]] const int g_registered =
    pthread_atfork(nullptr, nullptr, &EarlyHandler);

}  // namespace

PARKWAY_ABSL_NAMESPACE_BEGIN
namespace internal {
namespace {

// Calls f() over and over in some threads, with a number for each. Once it is
// there, each has called it.
class Busy {
 public:
  template <class F>
  Busy(int threads, F f) {
    for (int t = 0; t < threads; ++t) {
      threads_.emplace_back([this, f, t] {
        for (bool first = true; !done_; first = false) {
          f(t);
          if (first) ++begun_;
        }
      });
    }
    while (begun_ < threads) std::this_thread::yield();
  }
  ~Busy() {
    done_ = true;
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  std::atomic<bool> done_{false};
  std::atomic<int> begun_{0};
  std::vector<std::thread> threads_;
};

class ForkHandlersTest : public testing::Test {
 protected:
  void SetUp() override {
    if (const char* why =
            parkway::test::WhyNoFork(parkway::test::Others::kRunning)) {
      GTEST_SKIP() << why;
    }
  }

  // What in_child() returned in the first child where that is not 0. One that
  // hangs is ended by a signal.
  static int FirstFault(int (*in_child)(), int forks) {
    g_in_child = in_child;
    int status = 0;
    for (int i = 0; i < forks && status == 0; ++i) {
      const pid_t child = fork();
      EXPECT_GT(child, 0);
      EXPECT_EQ(waitpid(child, &status, 0), child);
    }
    g_in_child = nullptr;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
};

constexpr int kThreads = 2;

// Many of them: a look at the table takes long, and a fork meets one.
constexpr int kObjects = 20000;
char g_objects[kObjects];

bool IsThere(const char* object) {
  char name[32], expected[32];
  EventName(object, name, sizeof(name));
  std::snprintf(expected, sizeof(expected), "%d",
                static_cast<int>(object - g_objects));
  return std::string(name) == expected;
}

void Make(const char* object) {
  char name[32];
  std::snprintf(name, sizeof(name), "%d", static_cast<int>(object - g_objects));
  EnsureEvent(object, name, false);
}

// What other threads change. `renamed` gets its invariant before its name, and
// `changed` has one invariant or the other.
struct Changing {
  char renamed;
  char changed;
};
Changing g_changing[kThreads];

int g_runs = 0;
int g_of_one, g_of_other;
void InvariantOne(void* arg) { g_runs += arg == &g_of_one ? 1 : 1000; }
void InvariantOther(void* arg) { g_runs += arg == &g_of_other ? 1 : 1000; }

bool RunsOneInvariant(const void* object) {
  g_runs = 0;
  PostEvent(object, EventKind::kUnlock);
  return g_runs == 1;
}

int UseEvents() {
  for (const Changing& changing : g_changing) {
    char name[32];
    if (EventName(&changing.renamed, name, sizeof(name)) &&
        !RunsOneInvariant(&changing.renamed)) {
      return 1;
    }
    if (!RunsOneInvariant(&changing.changed)) return 2;
  }
  // New entries take nobody's place.
  static char more[2000];
  for (char& object : more) EnsureEvent(&object, "one more", true);
  for (const char& object : g_objects) {
    if (!IsThere(&object)) return 3;
  }
  for (char& object : more) ForgetEvent(&object);
  char name[8];
  return EventName(&more[0], name, sizeof(name)) ? 4 : 0;
}

TEST_F(ForkHandlersTest, MayUseEvents) {
  for (const char& object : g_objects) Make(&object);
  for (Changing& changing : g_changing) {
    EnsureEvent(&changing.changed, nullptr, false);
    SetInvariant(&changing.changed, &InvariantOne, &g_of_one);
  }
  const Busy busy(kThreads, [](int t) {
    Changing& changing = g_changing[t];
    EnsureEvent(&changing.renamed, nullptr, false);
    SetInvariant(&changing.renamed, &InvariantOne, &g_of_one);
    EnsureEvent(&changing.renamed, "the name", false);
    SetInvariant(&changing.changed, &InvariantOther, &g_of_other);
    SetInvariant(&changing.changed, &InvariantOne, &g_of_one);
    ForgetEvent(&changing.renamed);
  });
  EXPECT_EQ(FirstFault(&UseEvents, 15), 0);
}

void LockInOrder(const char* first, const char* second) {
  for (const char* mutex : {first, second}) {
    BeforeLock(mutex);
    Locked(mutex, false);
  }
  Unlocked(second);
  Unlocked(first);
}

// Of the forking thread: it holds the first, and has taken the others in order.
char g_mutexes[3];

// Standard error, from then on.
class Pipe {
 public:
  Pipe() {
    (void)!pipe(ends_);
    dup2(ends_[1], STDERR_FILENO);
  }
  // What was written to it, of the last 64 KiB.
  std::string Text() const {
    std::string text(1 << 16, '\0');
    (void)!write(ends_[1], "!", 1);  // so that the read finds something
    text.resize(static_cast<std::size_t>(
        std::max<ssize_t>(0, read(ends_[0], text.data(), text.size()))));
    return text;
  }

 private:
  int ends_[2];
};

int UseDeadlockDetection() {
  const Pipe errors;
  if (!Holds(&g_mutexes[0])) return 1;
  if (Holds(&g_mutexes[1])) return 2;
  static char own[1000];
  for (int i = 1; i < 1000; ++i) LockInOrder(&own[i - 1], &own[i]);
  // Of what others were doing no order is left that is not one.
  if (errors.Text() != "!") return 3;
  LockInOrder(&own[999], &own[0]);
  if (errors.Text().find("Potential Mutex deadlock") == std::string::npos) {
    return 4;
  }
  // An order of the parent's, and one with a lock that it holds.
  LockInOrder(&g_mutexes[2], &g_mutexes[1]);
  if (errors.Text().find("Potential Mutex deadlock") == std::string::npos) {
    return 5;
  }
  BeforeLock(&g_mutexes[0]);
  if (errors.Text().find("held by this thread already") == std::string::npos) {
    return 6;
  }
  Unlocked(&g_mutexes[0]);
  return Holds(&g_mutexes[0]) ? 7 : 0;
}

TEST_F(ForkHandlersTest, MayUseTheDeadlockDetection) {
  SetMutexDeadlockDetectionMode(OnDeadlockCycle::kReport);
  LockInOrder(&g_mutexes[1], &g_mutexes[2]);
  Locked(&g_mutexes[0], false);
  {
    // Each holds many: most of the time one of them looks at the orders.
    constexpr int kHeld = 30;
    static char held[kThreads][kHeld];
    const Busy busy(kThreads, [](int t) {
      for (char& mutex : held[t]) {
        BeforeLock(&mutex);
        Locked(&mutex, false);
      }
      char others[4];
      for (char& mutex : others) BeforeLock(&mutex);
      for (char& mutex : held[t]) Unlocked(&mutex);
      for (char& mutex : others) Forget(&mutex);
    });
    EXPECT_EQ(FirstFault(&UseDeadlockDetection, 15), 0);
  }
  Unlocked(&g_mutexes[0]);
  for (char& mutex : g_mutexes) Forget(&mutex);
  SetMutexDeadlockDetectionMode(OnDeadlockCycle::kIgnore);
}

}  // namespace
}  // namespace internal
PARKWAY_ABSL_NAMESPACE_END
