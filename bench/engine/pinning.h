// SPDX-License-Identifier: Apache-2.0

// Placing threads on CPUs, and what one thread has cost so far.
//
// Measurements compare locks, not the scheduler's choice of CPUs: every
// measured thread is pinned, round robin over the CPUs that the process may
// use.

#ifndef PARKWAY_BENCH_ENGINE_PINNING_H_
#define PARKWAY_BENCH_ENGINE_PINNING_H_

#include <cstdint>
#include <vector>

namespace parkway_bench {

// The CPUs that the process was started with, ascending; never empty. Read at
// the first call: the mask of a thread that was pinned since does not count.
const std::vector<int>& UsableCpus();

// Pins the calling thread to the CPU that is `index`'s turn, round robin over
// UsableCpus(). Returns false when the system refuses.
bool PinThisThread(int index);

// What the calling thread or the process has used since it started.
struct Usage {
  double cpu_seconds = 0;               // user and system
  std::int64_t voluntary_switches = 0;  // it gave its CPU away in order to wait
  std::int64_t involuntary_switches = 0;  // its CPU was taken away
};

Usage ThisThreadUsage();
Usage ProcessUsage();

// The same for all children that have ended and were waited for.
Usage ChildrenUsage();

// Nanoseconds on the monotonic clock.
std::int64_t MonotonicNanos();

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_ENGINE_PINNING_H_
