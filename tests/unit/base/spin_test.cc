// SPDX-License-Identifier: Apache-2.0

#include "parkway/base/spin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#if defined(__linux__)
#include <sched.h>
#endif

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <thread>
#include <vector>

#include "parkway/mutex.h"
#include "parkway/os/os.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

bool HasNoGaps(const SpinLimits& limits) {
  return limits.unit_parts == 0 && limits.gaps == 0 &&
         limits.yields == SpinLimits::kYields;
}

// A first gap by the counter is between a tenth of its time and ten times. With
// the slowest counters there are but a few ticks in it.
bool TicksArePlausible(const SpinLimits& limits) {
  const std::int64_t start = os::nanotime();
  const std::uint64_t before = internal::cpu_ticks();
  while (os::nanotime() - start < 1'000'000) {
  }
  const std::uint64_t ticks = internal::cpu_ticks() - before;
  const auto ns = static_cast<double>(os::nanotime() - start);
  const double expected = static_cast<double>(ticks) / ns *
                          SpinLimits::kFirstGap * SpinLimits::kUnitNs;
  return limits.close_ticks <= 10 * expected &&
         limits.close_ticks + 1 >= expected / 10;
}

bool IsPlausible(const SpinLimits& limits) {
  return limits.unit_parts >= 1 &&
         limits.unit_parts <= 10000 * SpinLimits::kParts &&
         limits.gaps == SpinLimits::kGaps &&
         limits.yields == SpinLimits::kYields && TicksArePlausible(limits);
}

// Calibration happens once in a process: each case has one of its own.
int InFreshProcess(bool (*check)()) {
  return RunInChild([check] { return check() ? 0 : 1; });
}

TEST(SpinLimits, ZeroWithOneCpu) {
  if (!kHasFork) GTEST_SKIP() << "this system has no fork()";
  EXPECT_EQ(InFreshProcess([] {
              return PinToOneCpu() &&
                     HasNoGaps(internal::calibrated_spin_limits()) &&
                     HasNoGaps(internal::calibrated_spin_limits());
            }),
            0);
}

TEST(SpinLimits, MeasuredWithSeveralCpus) {
  if (!kHasFork) GTEST_SKIP() << "this system has no fork()";
  if (CpuCount() < 2) GTEST_SKIP() << "this machine has one CPU";
  EXPECT_EQ(InFreshProcess(
                [] { return IsPlausible(internal::calibrated_spin_limits()); }),
            0);
}

// Programs pin their threads to one CPU each and still run on many.
TEST(SpinLimits, APinnedThreadDoesNotMakeThemZero) {
  if (!kHasFork) GTEST_SKIP() << "this system has no fork()";
  if (CpuCount() < 2) GTEST_SKIP() << "this machine has one CPU";
  EXPECT_EQ(InFreshProcess([] {
              bool good = false;
              Thread([&good] {
                good = PinToOneCpu() &&
                       IsPlausible(internal::calibrated_spin_limits());
              }).Join();
              return good;
            }),
            0);
}

#if defined(__linux__)

// The CPUs of this process, and the calling thread on some of them.
std::vector<int> Cpus() {
  cpu_set_t set;
  std::vector<int> cpus;
  if (sched_getaffinity(0, sizeof(set), &set) != 0) return cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &set)) cpus.push_back(cpu);
  }
  return cpus;
}
bool PinTo(const std::vector<int>& cpus) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int cpu : cpus) CPU_SET(cpu, &set);
  return sched_setaffinity(0, sizeof(set), &set) == 0;
}

// The first thread is pinned, and has asked before there was another.
bool GapsComeWithAThreadOn(bool all) {
  const std::vector<int> cpus = Cpus();
  if (!PinTo({cpus[0]})) return false;
  if (!HasNoGaps(internal::calibrated_spin_limits())) return false;
  bool good = false;
  Thread([&] {
    good = PinTo(all ? cpus : std::vector<int>{cpus[1]}) && Eventually([] {
             return IsPlausible(internal::calibrated_spin_limits());
           });
  }).Join();
  return good && IsPlausible(internal::calibrated_spin_limits());
}

// Inverted_index of our benchmarks pins its main thread before its first wait.
TEST(SpinLimits, APinnedFirstThreadDoesNotMakeThemZero) {
  if (CpuCount() < 2) GTEST_SKIP() << "this machine has one CPU";
  if (const char* why = WhyNoFork(Others::kAsleep)) GTEST_SKIP() << why;
  EXPECT_EQ(InFreshProcess([] { return GapsComeWithAThreadOn(true); }), 0);
  EXPECT_EQ(InFreshProcess([] { return GapsComeWithAThreadOn(false); }), 0);
}

// However often they ask. Also in the child of a process on another CPU.
TEST(SpinLimits, ZeroWhereAllThreadsArePinnedToTheSameCpu) {
  if (CpuCount() < 2) GTEST_SKIP() << "this machine has one CPU";
  if (const char* why = WhyNoFork(Others::kAsleep)) GTEST_SKIP() << why;
  const auto stays_zero = [] {
    bool zero = true;
    const auto ask = [&] {
      const std::int64_t end = os::nanotime() + 30'000'000;
      do {
        zero = zero && HasNoGaps(internal::calibrated_spin_limits());
      } while (os::nanotime() < end);
    };
    ask();
    Thread([&] { ask(); }).Join();
    return zero;
  };
  EXPECT_EQ(RunInChild([&] {
              const std::vector<int> cpus = Cpus();
              if (!PinTo({cpus[0]}) || !stays_zero()) return 1;
              return RunInChild(
                  [&] { return PinTo({cpus[1]}) && stays_zero() ? 0 : 2; });
            }),
            0);
}

#endif  // __linux__

TEST(SpinLimits, SameForAllThreadsAndCalls) {
  if (!kHasFork) GTEST_SKIP() << "this system has no fork()";
  EXPECT_EQ(InFreshProcess([] {
              const SpinLimits first = internal::calibrated_spin_limits();
              bool same = true;
              for (int i = 0; i < 4; ++i) {
                Thread([&] {
                  const SpinLimits other = internal::calibrated_spin_limits();
                  same = same && other.unit_parts == first.unit_parts &&
                         other.close_ticks == first.close_ticks &&
                         other.gaps == first.gaps &&
                         other.yields == first.yields;
                }).Join();
              }
              return same;
            }),
            0);
}

// With one CPU, waiting threads still get the lock.
TEST(SpinLimits, LocksWorkWithOneCpu) {
  if (!kHasFork) GTEST_SKIP() << "this system has no fork()";
  EXPECT_EQ(InFreshProcess([] {
              if (!PinToOneCpu()) return false;
              FutexMutex futex;
              SemaMutex sema;
              long counter = 0;
              {
                std::vector<std::unique_ptr<Thread>> all;
                for (int t = 0; t < 4; ++t) {
                  all.push_back(std::make_unique<Thread>([&] {
                    for (int i = 0; i < Rounds(5000); ++i) {
                      futex.lock();
                      sema.lock();
                      ++counter;
                      if (i % 64 == 0) std::this_thread::yield();
                      sema.unlock();
                      futex.unlock();
                    }
                  }));
                }
              }
              return counter == 4 * Rounds(5000);
            }),
            0);
}

// The plan itself, counted.
struct CountingPlatform {
  static SpinLimits spin_limits() { return limits; }
  static void pause() { ++pauses; }
  static void yield() {
    ++yields;
    now += yield_takes;
  }
  static std::uint64_t ticks() { return now++; }
  static internal::SpinHistory& spin_history() { return history; }
  static void Reset(std::uint32_t unit_pauses, std::uint32_t gaps,
                    std::uint32_t yields_allowed) {
    limits.unit_parts = unit_pauses * SpinLimits::kParts;
    limits.gaps = gaps;
    limits.yields = yields_allowed;
    limits.close_ticks = 0;
    history = {};
    yield_takes = 0;
    pauses = 0;
    yields = 0;
  }
  static inline SpinLimits limits;
  static inline internal::SpinHistory history;
  static inline std::uint64_t yield_takes = 0;
  static inline int pauses = 0;
  static inline int yields = 0;
  static inline std::uint64_t now = 0;
};
using Counting = CountingPlatform;

// How many pauses come before each poll, in a wait that fails.
std::vector<int> Gaps(const SpinPlan& plan) {
  std::vector<int> gaps;
  int before = Counting::pauses = 0;
  auto attempt = [&] {
    gaps.push_back(Counting::pauses - before);
    before = Counting::pauses;
    return false;
  };
  EXPECT_FALSE(internal::spin<Counting>(Counting::limits, attempt, plan));
  return gaps;
}

constexpr int Percent(Spread spread) { return static_cast<int>(spread); }

MATCHER_P2(AboutAGapOf, mean, spread, "") {
  const int most = mean * Percent(spread) / 100;
  return arg >= mean - most && arg <= mean + most;
}

TEST(Spin, PollsAfterGrowingGaps) {
  Counting::Reset(10, 3, 5);
  constexpr int kFirst{10 * SpinLimits::kFirstGap};
  constexpr int kGrowth{SpinLimits::kGapGrowth};
  EXPECT_THAT(Gaps({}),
              testing::ElementsAre(
                  AboutAGapOf(kFirst, Spread::kFirst),
                  AboutAGapOf(kFirst * kGrowth, Spread::kLater),
                  AboutAGapOf(kFirst * kGrowth * kGrowth, Spread::kLater)));
  EXPECT_EQ(Counting::yields, 0);
}

// A wait that ends at once, so that the next one knows of it.
void SpinWell() {
  EXPECT_TRUE(internal::spin<Counting>([] { return true; }));
}

constexpr std::uint32_t kAsLongAsTheTest = 1u << 30;

TEST(Spin, PollsCloselyWhereTheLastWaitHasJustEnded) {
  Counting::Reset(30, 4, 0);
  Counting::limits.close_ticks = kAsLongAsTheTest;
  Counting::now = 2 * std::uint64_t{kAsLongAsTheTest};
  EXPECT_THAT(Gaps({}), testing::SizeIs(4));  // it has not waited yet
  SpinWell();
  const std::vector<int> gaps = Gaps({});
  ASSERT_THAT(gaps, testing::SizeIs(SpinLimits::kCloseGaps));
  constexpr int kFirst{30 / SpinLimits::kCloseParts};
  EXPECT_THAT(gaps[0], AboutAGapOf(kFirst, Spread::kLater));
  EXPECT_THAT(gaps[1], AboutAGapOf(kFirst * 3 / 2, Spread::kLater));
  EXPECT_THAT(gaps[2], AboutAGapOf(kFirst * 9 / 4, Spread::kLater));
  Counting::now += kAsLongAsTheTest;
  EXPECT_THAT(Gaps({}), testing::SizeIs(4));
}

// They begin where the last ones ended, nearly: each look that comes too early
// takes the word from its owner. With a yield, as those of mutexes.
TEST(SpinAndYield, ClosePollsBeginNearTheEndOfTheLastOnes) {
  Counting::Reset(30, 4, 1);
  Counting::limits.close_ticks = kAsLongAsTheTest;
  SpinWell();
  constexpr auto kBack = static_cast<int>(SpinLimits::kCloseBack);
  int from = 0;
  for (const int looks : {1, 4, 6, 1, 1, 1, 1, 1}) {
    // Waits for anything else begin with the first one, and don't change that.
    EXPECT_THAT(Gaps({}), testing::SizeIs(SpinLimits::kCloseGaps));
    int polls = 0;
    EXPECT_TRUE(internal::spin<Counting>([&] { return ++polls == 5; }));
    Counting::pauses = 0;
    int attempts = 0;
    int gap = 0;
    EXPECT_TRUE(internal::spin_and_yield<Counting>([&] {
      if (++attempts == 1) gap = Counting::pauses;
      return attempts == looks;
    }));
    double expected = 30.0 / SpinLimits::kCloseParts;
    for (int i = 0; i < from; ++i) expected *= 1.5;
    // Both are rounded.
    EXPECT_NEAR(gap, expected, expected * Percent(Spread::kLater) / 100 + 1)
        << from;
    from = std::max(from + looks - 1 - kBack, 0);
  }
  EXPECT_EQ(from, 0);
}

// How often each first gap comes in that many waits, and the mean of all.
struct FirstGaps {
  explicit FirstGaps(int waits) {
    long sum = 0;
    for (int i = 0; i < waits; ++i) {
      const int gap = Gaps({}).front();
      ++times[gap];
      sum += gap;
    }
    mean = static_cast<double>(sum) / waits;
  }
  std::map<int, int> times;
  double mean = 0;
};

TEST(Spin, GapsAreDrawnEvenly) {
  constexpr int kUnitPauses = 50;
  Counting::Reset(kUnitPauses, 1, 0);
  constexpr int kMean{kUnitPauses * SpinLimits::kFirstGap};
  constexpr int kSpread{kMean * Percent(Spread::kFirst) / 100};
  constexpr int kWaits = 1000000;
  const FirstGaps drawn(kWaits);
  EXPECT_EQ(drawn.times.begin()->first, kMean - kSpread);
  EXPECT_EQ(drawn.times.rbegin()->first, kMean + kSpread);
  EXPECT_NEAR(drawn.mean, kMean, .3);
  for (const auto& [gap, n] : drawn.times) {
    // What is rounded to either end is half of what is rounded to others.
    const int share = gap == kMean - kSpread || gap == kMean + kSpread ? 2 : 1;
    EXPECT_NEAR(n, kWaits / (2 * kSpread) / share, kWaits / kSpread / 20)
        << gap;
  }
}

// Where a pause takes almost as long as a unit, the gaps still differ and have
// their mean.
TEST(Spin, GapsOfAFewPausesAreDrawnToo) {
  Counting::Reset(1, 1, 0);
  Counting::limits.unit_parts = SpinLimits::kParts * 5 / 8;
  const FirstGaps drawn(100000);
  EXPECT_THAT(drawn.times, testing::SizeIs(4));
  EXPECT_NEAR(drawn.mean, 2.5, .1);
}

TEST(Spin, PollsEvenly) {
  Counting::Reset(10, 2, 0);
  const SpinPlan plan = SpinPlan::every(1);
  constexpr std::size_t kUnits{2 * (1 + SpinLimits::kGapGrowth)};
  EXPECT_THAT(Gaps(plan),
              testing::AllOf(testing::SizeIs(kUnits),
                             testing::Each(AboutAGapOf(10, Spread::kLater))));
}

TEST(Spin, EndsWithSuccess) {
  for (int success = 1; success <= 3; ++success) {
    Counting::Reset(1, 3, 0);
    int attempts = 0;
    EXPECT_TRUE(
        internal::spin<Counting>([&] { return ++attempts == success; }));
    EXPECT_EQ(attempts, success);
  }
}

TEST(Spin, ZeroLimitsAskNever) {
  Counting::Reset(0, 0, 0);
  int attempts = 0;
  EXPECT_FALSE(internal::spin<Counting>([&] {
    ++attempts;
    return true;
  }));
  EXPECT_EQ(attempts, 0);
  EXPECT_EQ(Counting::pauses, 0);
}

TEST(SpinAndYield, YieldsBeforeEachFurtherAttempt) {
  Counting::Reset(1, 2, 3);
  std::vector<int> yields_before;
  EXPECT_FALSE(internal::spin_and_yield<Counting>([&] {
    yields_before.push_back(Counting::yields);
    return false;
  }));
  EXPECT_EQ(yields_before, (std::vector<int>{0, 0, 1, 2, 3}));
}

// How many polls come before the first yield, in a wait that ends by that.
int PollsBeforeAYield() {
  int polls = 0;
  const int yields = Counting::yields;
  EXPECT_TRUE(internal::spin_and_yield<Counting>([&] {
    const bool yielded = Counting::yields != yields;
    if (!yielded) ++polls;
    return yielded;
  }));
  return polls;
}

// Where yields are what ends the waits, fewer and fewer of these try all polls
// first.
TEST(SpinAndYield, LeavesOutPollsThatDoNotHelp) {
  Counting::Reset(1, 3, 2);
  std::vector<int> all_polls;
  for (int wait = 0; wait < 40; ++wait) {
    const int polls = PollsBeforeAYield();
    if (polls == 3) {
      all_polls.push_back(wait);
    } else {
      EXPECT_EQ(polls, 1) << wait;
    }
  }
  EXPECT_EQ(all_polls, (std::vector<int>{0, 2, 5, 10, 19, 36}));
}

TEST(SpinAndYield, PollsAgainOnceThatHelps) {
  Counting::Reset(1, 3, 2);
  for (int wait = 0; wait < 6; ++wait) PollsBeforeAYield();
  // The four waits that poll once, and one that polls as long as it takes.
  for (int wait = 0; wait < 4; ++wait) EXPECT_EQ(PollsBeforeAYield(), 1);
  EXPECT_TRUE(internal::spin_and_yield<Counting>([] { return true; }));
  EXPECT_EQ(PollsBeforeAYield(), 3);
  EXPECT_EQ(PollsBeforeAYield(), 1);
  EXPECT_EQ(PollsBeforeAYield(), 3);
}

TEST(SpinAndYield, DoesNotYieldOnOnceATimeSliceIsGone) {
  Counting::Reset(1, 1, 5);
  Counting::limits.close_ticks = 1;
  Counting::yield_takes = 10'000;
  int attempts = 0;
  EXPECT_FALSE(internal::spin_and_yield<Counting>([&] {
    ++attempts;
    return false;
  }));
  EXPECT_EQ(Counting::yields, 1);
  EXPECT_EQ(attempts, 2);
}

// Each look takes `took` ticks.
int LooksThatTake(std::uint64_t took) {
  int looks = 0;
  EXPECT_FALSE(internal::spin_and_yield<Counting>([&] {
    ++looks;
    Counting::now += took;
    return false;
  }));
  return looks;
}

TEST(SpinAndYield, SleepsWhereManyLook) {
  constexpr std::uint32_t kGap = 1000;
  Counting::Reset(1, 3, 5);
  Counting::limits.close_ticks = kGap;
  Counting::now = 1'000'000;
  EXPECT_EQ(LooksThatTake(2 * kGap - 2), 3 + 5);
  EXPECT_EQ(LooksThatTake(2 * kGap), SpinLimits::kCrowdedLooks);
  // In the yields as well.
  Counting::Reset(1, 0, 5);
  Counting::limits.close_ticks = kGap;
  EXPECT_EQ(LooksThatTake(2 * kGap), SpinLimits::kCrowdedLooks);
  // A look that takes the word has not been too long.
  EXPECT_TRUE(internal::spin_and_yield<Counting>([&] {
    Counting::now += 10 * kGap;
    return true;
  }));
}

TEST(SpinAndYield, LeavesNothingOutOnceAYieldTookATimeSlice) {
  Counting::Reset(1, 3, 2);
  Counting::limits.close_ticks = 1;
  for (int wait = 0; wait < 11; ++wait) PollsBeforeAYield();
  EXPECT_EQ(PollsBeforeAYield(), 1);  // of the eight after the fourth whole one
  while (Counting::history.left_out != 0) PollsBeforeAYield();
  Counting::yield_takes = 10'000;
  for (int wait = 0; wait < 3; ++wait) EXPECT_EQ(PollsBeforeAYield(), 3);
}

TEST(SpinAndYield, PollsAgainOnceNothingHelped) {
  Counting::Reset(1, 3, 2);
  for (int wait = 0; wait < 6; ++wait) PollsBeforeAYield();
  EXPECT_EQ(Counting::history.left_out, 4u);
  EXPECT_FALSE(internal::spin_and_yield<Counting>([] { return false; }));
  EXPECT_EQ(PollsBeforeAYield(), 3);
}

// Notes and tasks sleep or park after their polls.
TEST(SpinAndYield, LeavesNothingOutWhereItMayNotYield) {
  Counting::Reset(1, 3, 2);
  for (int wait = 0; wait < 6; ++wait) PollsBeforeAYield();
  Counting::limits.yields = 0;
  int polls = 0;
  const auto never = [&] {
    ++polls;
    return false;
  };
  EXPECT_FALSE(internal::spin_and_yield<Counting>(never));
  EXPECT_FALSE(internal::spin<Counting>(never));
  EXPECT_EQ(polls, 6);
}

// Where the first gap of close polls is less than a pause.
TEST(Spin, CloseGapsGrowWhereAPauseIsLong) {
  Counting::Reset(1, 4, 0);
  Counting::limits.unit_parts = 1;
  Counting::limits.close_ticks = kAsLongAsTheTest;
  SpinWell();
  const std::vector<int> gaps = Gaps({});
  ASSERT_THAT(gaps, testing::SizeIs(SpinLimits::kCloseGaps));
  EXPECT_GE(gaps.back(), 5);
}

// As a task's on a machine with one CPU.
TEST(SpinAndYield, TriesOnceThoughItMayDoNeither) {
  Counting::Reset(0, 0, 0);
  for (bool success : {false, true}) {
    int attempts = 0;
    EXPECT_EQ(internal::spin_and_yield<Counting>([&] {
                ++attempts;
                return success;
              }),
              success);
    EXPECT_EQ(attempts, 1);
  }
}

TEST(SpinAndYield, EndsWithSuccess) {
  for (int success = 1; success <= 5; ++success) {
    Counting::Reset(1, 2, 3);
    int attempts = 0;
    EXPECT_TRUE(internal::spin_and_yield<Counting>(
        [&] { return ++attempts == success; }));
    EXPECT_EQ(attempts, success);
  }
}

}  // namespace
}  // namespace parkway::test
