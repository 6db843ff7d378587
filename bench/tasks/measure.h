// SPDX-License-Identifier: Apache-2.0

// One measurement of something that is done once, by all threads together.

#ifndef PARKWAY_BENCH_TASKS_MEASURE_H_
#define PARKWAY_BENCH_TASKS_MEASURE_H_

#include <cstdint>

#include "bench/engine/cell.h"
#include "bench/engine/pinning.h"

namespace parkway_bench {

// The time, processor time and switches of body(), which returns how many
// operations that were.
template <typename Body>
Sample MeasureOnce(Body&& body) {
  const Usage before = ProcessUsage();
  const std::int64_t start = MonotonicNanos();
  const double operations = body();
  const std::int64_t end = MonotonicNanos();
  const Usage after = ProcessUsage();
  Sample sample;
  sample.operations = operations;
  sample.seconds_per_op = 1e-9 * static_cast<double>(end - start) / operations;
  sample.cpu_seconds_per_op =
      (after.cpu_seconds - before.cpu_seconds) / operations;
  sample.counters[kCpuPerOp] = 1e9 * sample.cpu_seconds_per_op;
  sample.counters[kFairness] = 1;
  sample.counters[kSwitches] = static_cast<double>(after.voluntary_switches -
                                                   before.voluntary_switches) /
                               operations;
  return sample;
}

// Keeps the calling thread busy.
inline void BusyFor(std::int64_t nanos) {
  const std::int64_t end = MonotonicNanos() + nanos;
  while (MonotonicNanos() < end) {
  }
}

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_TASKS_MEASURE_H_
