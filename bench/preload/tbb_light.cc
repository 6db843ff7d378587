// SPDX-License-Identifier: Apache-2.0

// A program that uses oneTBB a little: one small parallel_for, a pause, and so
// on. Prints what a loop costs in CPU time, pause included, and how long the
// parallel_for took.
//
//   tbb_light LOOPS PAUSE_US
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#include "bench/engine/pinning.h"
#include "oneapi/tbb/blocked_range.h"
#include "oneapi/tbb/parallel_for.h"

namespace {

using Clock = std::chrono::steady_clock;
using Microseconds = std::chrono::duration<double, std::micro>;

// About 70 us of work for one thread.
constexpr int kItems = 64;
constexpr int kSteps = 2000;
// Until threads run and caches are warm.
constexpr int kWarmUp = 20;

double cpu_us() { return 1e6 * parkway_bench::ProcessUsage().cpu_seconds; }

double g_results[kItems];

void work() {
  tbb::parallel_for(tbb::blocked_range<int>(0, kItems, 1),
                    [](const tbb::blocked_range<int>& range) {
                      for (int i = range.begin(); i != range.end(); ++i) {
                        double sum = 0;
                        for (int j = 0; j < kSteps; ++j)
                          sum += std::sqrt(i + j);
                        g_results[i] = sum;
                      }
                    });
}

// Below a quarter of a millisecond without a sleep, which takes longer.
void pause(std::chrono::microseconds time) {
  if (time >= std::chrono::microseconds(250)) {
    std::this_thread::sleep_for(time);
    return;
  }
  const auto end = Clock::now() + time;
  while (Clock::now() < end) {
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int loops = argc == 3 ? std::atoi(argv[1]) : 0;
  const int pause_us = argc == 3 ? std::atoi(argv[2]) : -1;
  if (loops < 1 || pause_us < 0) {
    std::fprintf(stderr, "usage: tbb_light LOOPS PAUSE_US\n");
    return 2;
  }
  std::vector<double> times;
  double cpu = 0;
  for (int i = -kWarmUp; i < loops; ++i) {
    if (i == 0) cpu = cpu_us();
    const auto start = Clock::now();
    work();
    const Microseconds took = Clock::now() - start;
    if (i >= 0) times.push_back(took.count());
    pause(std::chrono::microseconds(pause_us));
  }
  cpu = cpu_us() - cpu;
  std::sort(times.begin(), times.end());
  std::printf("CPU per loop: %.2f us\n", cpu / loops);
  std::printf("parallel_for, p50: %.2f us\n", times[times.size() / 2]);
  std::printf("parallel_for, p99: %.2f us\n", times[times.size() * 99 / 100]);
}
