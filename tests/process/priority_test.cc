// SPDX-License-Identifier: Apache-2.0

// Real-time priorities on one CPU: whoever waits for a thread of a lower
// priority must let it run. The kernel gives such a thread nothing as long as
// a higher one polls or yields.
#include <gtest/gtest.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "tests/process/budget.h"
#include "tests/process/child.h"
#include "tests/process/subject.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

constexpr int kRounds = 1000;
constexpr std::chrono::milliseconds kTime{100};
constexpr int kLowThreads = 6;
constexpr int kSeconds = 40;

enum Priority { kLow = 1, kHigh = 2, kHighest = 3 };

// Of the calling thread. False without the right to it.
bool SetPriority(Priority priority) {
  sched_param parameters = {};
  parameters.sched_priority = sched_get_priority_min(SCHED_FIFO) + priority;
  return sched_setscheduler(0, SCHED_FIFO, &parameters) == 0;
}

void SleepFor(long nanoseconds) {
  const timespec time = {0, nanoseconds};
  nanosleep(&time, nullptr);
}

// Uses it, in each of the ways that it has.
void Use(const SubjectKind& kind, Subject& object, bool timed,
         const std::function<void()>& inside) {
  if (kind.has_brief && (timed || !kind.has_section)) {
    object.Brief();
  } else {
    object.Section(inside);
  }
}

// Threads of low priority use the object all the time. One of high priority
// wakes up at any moment of theirs, and uses it as well.
int UseByTwoPriorities(const SubjectKind& kind) {
  // The kernel's own watch: whoever polls here may keep others from watching.
  alarm(kSeconds);
  if (!PinToOneCpu() || !SetPriority(kHighest)) return kNotHere;
  const std::unique_ptr<Subject> object = kind.Make();
  std::atomic<bool> stop{false};
  std::vector<std::unique_ptr<Thread>> low;
  for (int i = 0; i < kLowThreads; ++i) {
    low.push_back(std::make_unique<Thread>([&, i] {
      SetPriority(kLow);
      Random random = Random::Stream(static_cast<std::uint64_t>(i));
      for (int round = 0; !stop; ++round) {
        Burn(random.Microseconds(5));
        // One that never leaves the CPU would keep it from those of its own
        // priority for ever: from one, too, that has been woken for the object
        // and stands before the thread of high priority.
        if (round % 8 == 0) SleepFor(static_cast<long>(random.Below(20000)));
        Use(kind, *object, i % 2 == 0, [&] { Burn(random.Microseconds(2)); });
      }
    }));
  }
  {
    Thread high([&] {
      SetPriority(kHigh);
      Random random = Random::Stream(kLowThreads);
      Budget budget(kRounds, kTime);
      for (int round = 0; budget.Next(); ++round) {
        SleepFor(static_cast<long>(random.Below(20000)));
        Step("a thread of high priority uses the object");
        Use(kind, *object, round % 3 == 0, [&] {
          // Meanwhile others come.
          if (round % 3 == 1) SleepFor(static_cast<long>(random.Below(20000)));
        });
      }
    });
  }
  Step("the threads of low priority end");
  stop = true;
  low.clear();
  return 0;
}

class Priorities : public SubjectTest {};

TEST_P(Priorities, LetEachOtherRun) {
  const Outcome outcome = RunChild([] { return UseByTwoPriorities(kind()); },
                                   {kSeconds + 10, &fork});
  if (outcome.not_here()) GTEST_SKIP() << "no right to set priorities";
  EXPECT_TRUE(EndedWell(outcome));
}

INSTANTIATE_TEST_SUITE_P(All, Priorities,
                         testing::ValuesIn(Only([](const SubjectKind& kind) {
                           return kind.has_section || kind.has_brief;
                         })),
                         NameOf);

}  // namespace
}  // namespace parkway::test
