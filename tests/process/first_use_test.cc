// SPDX-License-Identifier: Apache-2.0

// The first wait of a process and the wake that ends it are as any other: no
// file is opened, nobody sleeps for a time, the kernel is not asked for what
// takes it long, and little is asked beyond what a second wait needs. What the
// threads ask is counted, by a tracer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/membarrier.h>
#include <sys/syscall.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/process/child.h"
#include "tests/process/subject.h"
#include "tests/process/trace.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

using testing::IsEmpty;

// Windows of the calls.
constexpr int kFirstWait = 1;
constexpr int kFirstWake = 2;
constexpr int kSecondWait = 3;
constexpr int kSecondWake = 4;

// What one thread may ask more of the kernel at its first wait than at its
// second: memory for its record and for the mark of forks, the CPUs that it
// may use. Each takes a microsecond or two.
constexpr int kMoreAtFirst = 12;

// The waiter has a thread that has slept before, and memory of its own; the
// process has used nothing of parkway.
int WaitTwice(const SubjectKind& kind) {
  const std::unique_ptr<Subject> first = kind.Make();
  const std::unique_ptr<Subject> second = kind.Make();
  std::atomic<int> turn{0};
  std::atomic<int> waiting{0};
  std::atomic<bool> right{true};
  std::thread waiter([&] {
    for (int t : {1, 2}) {
      while (turn != t) std::this_thread::yield();
      SetWindow(t == 1 ? kFirstWait : kSecondWait);
      waiting = t;
      if (!(t == 1 ? first : second)->Wait()) right = false;
      SetWindow(kNoWindow);
      turn = 0;
    }
  });
  for (int t : {1, 2}) {
    Subject& subject = t == 1 ? *first : *second;
    subject.Hold();
    turn = t;
    while (waiting != t) std::this_thread::yield();
    AwaitOthersAsleep();
    SetWindow(t == 1 ? kFirstWake : kSecondWake);
    subject.Wake();
    SetWindow(kNoWindow);
    while (turn != 0) std::this_thread::yield();
  }
  waiter.join();
  return right ? 0 : kWrong;
}

// How often depends on who ran when.
bool DependsOnTheScheduler(long number) {
  return number == SYS_futex || number == SYS_sched_yield ||
         number == SYS_clock_gettime;
}

int CallsIn(const Trace& trace, int window) {
  return static_cast<int>(
      std::count_if(trace.calls.begin(), trace.calls.end(), [&](const Call& c) {
        return c.window == window && !DependsOnTheScheduler(c.number);
      }));
}

// Names of those that no wait or wake may make.
std::vector<std::string> BadCalls(const Trace& trace) {
  std::vector<std::string> bad;
  for (const Call& call : trace.calls) {
    switch (call.number) {
      case SYS_openat:
      case SYS_nanosleep:
      case SYS_clock_nanosleep:
        bad.push_back(NameOfCall(call.number));
        break;
      case SYS_membarrier:
        // In a process with threads, which this is: 10 ms.
        if (call.first_argument != MEMBARRIER_CMD_PRIVATE_EXPEDITED) {
          bad.push_back("membarrier(" + std::to_string(call.first_argument) +
                        ")");
        }
        break;
      default:
#ifdef SYS_open
        if (call.number == SYS_open) bad.push_back("open");
#endif
        break;
    }
  }
  return bad;
}

std::string Text(const Trace& trace) {
  std::string text;
  for (const Call& call : trace.calls) {
    text += " " + std::to_string(call.window) + ":" + NameOfCall(call.number);
  }
  return text;
}

class FirstUse : public SubjectTest {};

TEST_P(FirstUse, IsAsAnyOther) {
  if (kTsan || kAsan) GTEST_SKIP() << "a sanitizer makes calls of its own";
  const Trace trace = TraceChild([] { return WaitTwice(kind()); });
  if (trace.outcome.not_here()) {
    GTEST_SKIP() << "this system does not let us trace a child";
  }
  ASSERT_TRUE(EndedWell(trace.outcome));
  EXPECT_THAT(BadCalls(trace), IsEmpty());
  EXPECT_LE(CallsIn(trace, kFirstWait),
            CallsIn(trace, kSecondWait) + kMoreAtFirst)
      << Text(trace);
  EXPECT_LE(CallsIn(trace, kFirstWake),
            CallsIn(trace, kSecondWake) + kMoreAtFirst)
      << Text(trace);
}

INSTANTIATE_TEST_SUITE_P(All, FirstUse, testing::ValuesIn(AllSubjects()),
                         NameOf);

}  // namespace
}  // namespace parkway::test
