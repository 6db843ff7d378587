// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/window.h"

#include <gtest/gtest.h>
#include <time.h>

namespace parkway_bench {
namespace {

// How long the calling thread has run.
double RunMilliseconds() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return 1e3 * static_cast<double>(time.tv_sec) +
         1e-6 * static_cast<double>(time.tv_nsec);
}

TEST(Window, AddsUpWhatTheThreadsDid) {
  const WindowResult result =
      RunWindow(3, std::chrono::milliseconds(5), [](Worker& worker) {
        worker.Metered<true>([] {});
        // On, where other processes had the CPUs for the whole window.
        while (!worker.Stopped() || RunMilliseconds() < 1) {
        }
        worker.Finish(worker.index() == 0 ? 10 : 40);
      });
  EXPECT_EQ(result.operations, 90u);
  EXPECT_DOUBLE_EQ(result.fairness, 0.25);
  EXPECT_GE(result.seconds, 0.005);
  EXPECT_GT(result.cpu_seconds, 0);
}

TEST(Window, ASampleIsPerOperation) {
  WindowResult plain;
  plain.seconds = 2;
  plain.operations = 1000;
  plain.cpu_seconds = 4;
  plain.voluntary_switches = 500;
  WindowResult metered;
  metered.longest_wait_nanos = 7000;
  const Sample sample = ToSample(plain, metered);
  EXPECT_DOUBLE_EQ(sample.seconds_per_op, 0.002);
  EXPECT_DOUBLE_EQ(sample.counters.at(kCpuPerOp), 4e6);
  EXPECT_DOUBLE_EQ(sample.counters.at(kSwitches), 0.5);
  EXPECT_DOUBLE_EQ(sample.counters.at(kLongestWait), 7);
}

struct Broken {
  explicit Broken(int) {}
  template <bool kTimed>
  void Run(Worker& worker) {
    worker.Finish(0);
  }
  std::string Check(std::uint64_t) const { return ""; }
};

TEST(Window, NothingDoneIsAnError) {
  EXPECT_FALSE(MeasureInWindows<Broken>(1).error.empty());
}

}  // namespace
}  // namespace parkway_bench
