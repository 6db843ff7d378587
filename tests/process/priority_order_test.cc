// SPDX-License-Identifier: Apache-2.0

// Real-time priorities: who waits for an RwMutex, or an absl::Mutex, gets it
// before those of a lower priority, as with Abseil's own. The kernel's priority
// is what counts, not what was asked for by this or that call.
#include <gtest/gtest.h>
#include <sched.h>

#include <atomic>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "parkway/absl/mutex.h"
#include "parkway/lock/rw_cond_var.h"
#include "parkway/lock/rw_mutex.h"
#include "tests/process/child.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

// In the order in which they come, and whose turn it is then. 0: no real-time
// thread.
constexpr int kPriority[] = {2, 0, 1, 3, 2, 0};
constexpr int kTurns[] = {3, 0, 4, 2, 1, 5};
constexpr int kHighest = 3;

// Of the calling thread. False without the right to it.
bool SetPriority(int priority) {
  sched_param parameters = {};
  if (priority > 0) {
    parameters.sched_priority = sched_get_priority_min(SCHED_FIFO) + priority;
  }
  return sched_setscheduler(0, priority > 0 ? SCHED_FIFO : SCHED_OTHER,
                            &parameters) == 0;
}

struct Way {
  std::string name;
  // The waiters begin to wait while the mutex is held from begin() on to end().
  std::function<void()> begin;
  std::function<void(const std::function<void()>&)> wait;
  std::function<void()> end;
};
void PrintTo(const Way& way, std::ostream* out) { *out << way.name; }

// One mutex for all: each test is one child.
RwMutex g_mutex;
RwCondVar g_changed;
bool g_flag = false;
absl::Mutex g_absl_mutex;
absl::CondVar g_absl_changed;

Predicate FlagIsSet() {
  return {[](const void*) -> bool { return g_flag; },
          [](const void*, const void*) { return true; }, nullptr};
}

void LockAndCall(RwMutex& mutex, const std::function<void()>& turn) {
  mutex.lock();
  turn();
  mutex.unlock();
}

std::vector<Way> Ways() {
  const auto nothing = [] {};
  return {
      {"RwMutex", [] { g_mutex.lock(); },
       [](const auto& turn) { LockAndCall(g_mutex, turn); },
       [] { g_mutex.unlock(); }},
      {"RwMutexTimed", [] { g_mutex.lock(); },
       [](const auto& turn) {
         if (!g_mutex.try_lock_for(std::chrono::hours(1))) return;
         turn();
         g_mutex.unlock();
       },
       [] { g_mutex.unlock(); }},
      {"RwMutexReaderFirst", [] { g_mutex.lock_shared(); },
       [](const auto& turn) { LockAndCall(g_mutex, turn); },
       [] { g_mutex.unlock_shared(); }},
      {"RwMutexAwait", nothing,
       [](const auto& turn) {
         g_mutex.lock();
         g_mutex.await(FlagIsSet(), os::kForever, false);
         turn();
         g_mutex.unlock();
       },
       [] {
         g_mutex.lock();
         g_flag = true;
         g_mutex.unlock();
       }},
      {"RwCondVar", nothing,
       [](const auto& turn) {
         g_mutex.lock();
         while (!g_flag) g_changed.wait(g_mutex, false, os::kForever);
         turn();
         g_mutex.unlock();
       },
       [] {
         g_mutex.lock();
         g_flag = true;
         g_changed.notify_all();
         g_mutex.unlock();
       }},
      {"AbslMutex", [] { g_absl_mutex.Lock(); },
       [](const auto& turn) {
         const absl::MutexLock lock(&g_absl_mutex);
         turn();
       },
       [] { g_absl_mutex.Unlock(); }},
      {"AbslAwait", nothing,
       [](const auto& turn) {
         g_absl_mutex.LockWhen(absl::Condition(&g_flag));
         turn();
         g_absl_mutex.Unlock();
       },
       [] {
         const absl::MutexLock lock(&g_absl_mutex);
         g_flag = true;
       }},
      {"AbslCondVar", nothing,
       [](const auto& turn) {
         const absl::MutexLock lock(&g_absl_mutex);
         while (!g_flag) g_absl_changed.Wait(&g_absl_mutex);
         turn();
       },
       [] {
         const absl::MutexLock lock(&g_absl_mutex);
         g_flag = true;
         g_absl_changed.SignalAll();
       }},
  };
}

int ComeInOrder(const Way& way) {
  {
    bool may = false;
    Thread([&may] { may = SetPriority(kHighest); }).Join();
    if (!may) return kNotHere;
  }
  std::vector<int> turns;
  std::vector<std::unique_ptr<Thread>> waiters;
  way.begin();
  for (int i = 0; i < static_cast<int>(std::size(kPriority)); ++i) {
    waiters.push_back(std::make_unique<Thread>([&, i] {
      if (!SetPriority(kPriority[i])) return;
      way.wait([&, i] { turns.push_back(i); });
    }));
    Demand(waiters.back()->WaitAsleep(), "a waiter falls asleep");
  }
  way.end();
  waiters.clear();
  EXPECT_EQ(turns, std::vector<int>(std::begin(kTurns), std::end(kTurns)));
  return testing::Test::HasFailure() ? kWrong : 0;
}

class PriorityOrder : public testing::TestWithParam<Way> {};

TEST_P(PriorityOrder, IsTheQueues) {
  const Outcome outcome = RunChild([] { return ComeInOrder(GetParam()); });
  if (outcome.not_here()) GTEST_SKIP() << "no right to set priorities";
  EXPECT_TRUE(EndedWell(outcome));
}

INSTANTIATE_TEST_SUITE_P(All, PriorityOrder, testing::ValuesIn(Ways()),
                         [](const auto& way) { return way.param.name; });

}  // namespace
}  // namespace parkway::test
