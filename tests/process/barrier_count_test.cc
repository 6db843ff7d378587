// SPDX-License-Identifier: Apache-2.0

// A lock that sleeps all the time asks the kernel for hardly any barriers: each
// one interrupts every CPU that runs the process.
#include <gtest/gtest.h>
#include <sys/mman.h>
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
// Or as many as there are in this time.
constexpr std::int64_t kMostNs = 5'000'000'000;
constexpr long kSleepsToABarrier = 100;
constexpr int kThreads = 6;
constexpr int kTraced = 1;
// Where nobody sleeps at an address for an era, because the machine has no time
// for these threads, there is one more barrier for it. A subject waits at two
// of them at most. One may be met in every fourth section only, so a section is
// slow from a quarter of an era.
constexpr long kAddresses = 2;
constexpr std::int64_t kSlowNs = internal::kMostEraMs * 1000000L / 4;

// Written by the child.
struct Count {
  long sleeps;
  std::int64_t slow_ns;  // of all slow sections together
};

// Sections that end when all others are asleep: each release finds sleepers,
// whatever the machine has to do besides. The one that it wakes is the next
// inside, or sleeps again.
int SleepInTurns(const SubjectKind& kind, Count* count) {
  // As on a machine where a barrier is dear: eras are long, and stay so.
  internal::barrier_ns = UINT32_MAX;
  const std::unique_ptr<Subject> subject = kind.Make();
  const std::int64_t start = os::nanotime();
  std::int64_t last = start;
  std::atomic<bool> stop{false};
  std::vector<std::unique_ptr<Thread>> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.push_back(std::make_unique<Thread>([&] {
      SetWindow(kTraced);
      while (!stop) {
        subject->Section([&] {
          if (stop) return;
          AwaitOthersAsleep();
          const std::int64_t now = os::nanotime();
          if (now - last >= kSlowNs) count->slow_ns += now - last;
          last = now;
          if (++count->sleeps == kSleeps || now - start > kMostNs) stop = true;
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
  EXPECT_GT(count->sleeps, 0);
  EXPECT_LE(static_cast<long>(trace.calls.size()),
            (count->sleeps + kSleepsToABarrier - 1) / kSleepsToABarrier +
                kAddresses * count->slow_ns / kSlowNs)
      << count->sleeps << " sleeps, slow sections: " << count->slow_ns << " ns";
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
