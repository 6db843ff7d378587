// SPDX-License-Identifier: Apache-2.0

// A lock that sleeps all the time asks the kernel for hardly any barriers: each
// one interrupts every CPU that runs the process.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <vector>

#include "tests/process/child.h"
#include "tests/process/subject.h"
#include "tests/process/trace.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

constexpr long kSleeps = 1000;
constexpr long kSleepsToABarrier = 100;
constexpr int kThreads = 6;
constexpr int kTraced = 1;

long SleepsOfAll() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_nvcsw;
}

// Sections in which the holder sleeps as well, so that the others do. Until the
// waits alone have slept often enough. Their number goes to *sleeps.
int SleepInTurns(const SubjectKind& kind, long* sleeps) {
  const std::unique_ptr<Subject> subject = kind.Make();
  const long before = SleepsOfAll();
  long own = 0;
  std::atomic<bool> stop{false};
  std::vector<std::unique_ptr<Thread>> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.push_back(std::make_unique<Thread>([&] {
      SetWindow(kTraced);
      while (!stop) {
        subject->Section([&] {
          usleep(200);
          ++own;
          // Those of the tracer's stops count as well: few, if all is well.
          *sleeps = SleepsOfAll() - before - own;
          if (*sleeps >= kSleeps) stop = true;
        });
      }
    }));
  }
  threads.clear();
  return 0;
}

class BarrierCount : public SubjectTest {};

TEST_P(BarrierCount, IsOneForManySleeps) {
  if (kTsan || kAsan) GTEST_SKIP() << "a sanitizer makes calls of its own";
  void* const shared = mmap(nullptr, sizeof(long), PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(shared, MAP_FAILED);
  long* const sleeps = static_cast<long*>(shared);
  const Trace trace = TraceChild(
      [sleeps] { return SleepInTurns(kind(), sleeps); }, {SYS_membarrier});
  if (trace.outcome.not_here()) {
    GTEST_SKIP() << "this system does not let us trace a child";
  }
  EXPECT_TRUE(EndedWell(trace.outcome));
  EXPECT_LE(static_cast<long>(trace.calls.size()) * kSleepsToABarrier, *sleeps);
  munmap(shared, sizeof(long));
}

INSTANTIATE_TEST_SUITE_P(All, BarrierCount,
                         testing::ValuesIn(Only([](const SubjectKind& kind) {
                           return kind.has_section &&
                                  kind.quirk == Quirk::kNone;
                         })),
                         NameOf);

}  // namespace
}  // namespace parkway::test
