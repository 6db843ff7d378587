// SPDX-License-Identifier: Apache-2.0

// A lock that sleeps all the time asks the kernel for hardly any barriers: each
// one interrupts every CPU that runs the process.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "parkway/os/os.h"
#include "parkway/wait/sleepers.h"
#include "tests/process/child.h"
#include "tests/process/subject.h"
#include "tests/process/trace.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

constexpr long kSleeps = 1000;
constexpr long kSleepsToABarrier = 100;
// Where nobody sleeps for an era, because the machine has no time for these
// threads, there is one more barrier for each address. A subject waits at two
// of them at most, and the test at another one.
constexpr long kAddresses = 3;
constexpr std::int64_t kHalfEraNs = internal::kEraMs * 1000000L / 2;
constexpr int kThreads = 6;
constexpr int kTraced = 1;

long SleepsOfAll() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_nvcsw;
}

// Written by the child.
struct Count {
  long sleeps;
  long gaps;  // between sections, of half an era or more
};

// Sections in which the holder sleeps as well, so that the others do. Until the
// waits alone have slept often enough.
int SleepInTurns(const SubjectKind& kind, Count* count) {
  const std::unique_ptr<Subject> subject = kind.Make();
  std::int64_t last = os::nanotime();
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
          const std::int64_t now = os::nanotime();
          if (now - last >= kHalfEraNs) ++count->gaps;
          last = now;
          // Those of the tracer's stops count as well: few, if all is well.
          count->sleeps = SleepsOfAll() - before - own;
          if (count->sleeps >= kSleeps) stop = true;
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
  void* const shared = mmap(nullptr, sizeof(Count), PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(shared, MAP_FAILED);
  Count* const count = static_cast<Count*>(shared);
  const Trace trace = TraceChild(
      [count] { return SleepInTurns(kind(), count); }, {SYS_membarrier});
  if (trace.outcome.not_here()) {
    GTEST_SKIP() << "this system does not let us trace a child";
  }
  EXPECT_TRUE(EndedWell(trace.outcome));
  EXPECT_LE(static_cast<long>(trace.calls.size()),
            count->sleeps / kSleepsToABarrier + kAddresses * count->gaps)
      << count->sleeps << " sleeps, " << count->gaps << " gaps";
  munmap(shared, sizeof(Count));
}

INSTANTIATE_TEST_SUITE_P(All, BarrierCount,
                         testing::ValuesIn(Only([](const SubjectKind& kind) {
                           return kind.has_section &&
                                  kind.quirk == Quirk::kNone;
                         })),
                         NameOf);

}  // namespace
}  // namespace parkway::test
