// SPDX-License-Identifier: Apache-2.0

// What oneTBB's resumable tasks cost: a task that suspends and is resumed at
// once, and a thousand that are suspended at the same time.
//
//   tbb_resumable ROUNDS THREADS
//
// THREADS is for the first of the two. With more than one oneTBB 2021.8 by
// itself hangs in some of a hundred runs, which ends the program by SIGALRM.
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "oneapi/tbb/global_control.h"
#include "oneapi/tbb/task.h"
#include "oneapi/tbb/task_group.h"

namespace {

using Clock = std::chrono::steady_clock;
using Nanoseconds = std::chrono::duration<double, std::nano>;

// Much longer than it takes.
constexpr unsigned kLimitSeconds = 60;

constexpr int kAtOnce = 1000;
// Of one task, in every round.
constexpr int kAlone = 100000;

double alone_ns(int threads) {
  tbb::global_control some(tbb::global_control::max_allowed_parallelism,
                           static_cast<std::size_t>(threads));
  Nanoseconds took{0};
  tbb::task_group group;
  group.run_and_wait([&] {
    const auto start = Clock::now();
    for (int i = 0; i < kAlone; ++i) {
      tbb::task::suspend(
          [](tbb::task::suspend_point point) { tbb::task::resume(point); });
    }
    took = Clock::now() - start;
  });
  return took.count() / kAlone;
}

// One thread, so that nothing depends on when others come: the task that was
// spawned first runs last, when all others are suspended, and resumes them.
double at_once_ns() {
  std::vector<tbb::task::suspend_point> points;
  points.reserve(kAtOnce);
  tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
  const auto start = Clock::now();
  tbb::task_group group;
  group.run([&] {
    for (const tbb::task::suspend_point point : points) {
      tbb::task::resume(point);
    }
  });
  for (int i = 0; i < kAtOnce; ++i) {
    group.run([&] {
      tbb::task::suspend(
          [&](tbb::task::suspend_point point) { points.push_back(point); });
    });
  }
  group.wait();
  const Nanoseconds took = Clock::now() - start;
  if (points.size() != kAtOnce) std::abort();
  return took.count() / kAtOnce;
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc == 3 ? std::atoi(argv[1]) : 0;
  const int threads = argc == 3 ? std::atoi(argv[2]) : 0;
  if (rounds < 1 || threads < 1) {
    std::fprintf(stderr, "usage: tbb_resumable ROUNDS THREADS\n");
    return 2;
  }
  alarm(kLimitSeconds);
  // Until the stacks and the program are in memory.
  alone_ns(threads);
  at_once_ns();
  double alone = 0;
  double at_once = 0;
  for (int i = 0; i < rounds; ++i) alone += alone_ns(threads);
  for (int i = 0; i < rounds; ++i) at_once += at_once_ns();
  std::printf("suspend and resume itself: %.1f ns\n", alone / rounds);
  std::printf("%d suspended at once, per task: %.3f us\n", kAtOnce,
              at_once / rounds / 1000);
}
