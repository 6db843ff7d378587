// SPDX-License-Identifier: Apache-2.0

// What a machine charges, measured on two of its CPUs: what costs.h names.
#ifndef PARKWAY_BENCH_SCALE_MEASURE_H_
#define PARKWAY_BENCH_SCALE_MEASURE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "bench/engine/pinning.h"

namespace parkway_bench::scale {

// How often something is done, and how long that takes each time: ns.
template <class Step>
double EachTakes(int times, const Step& step) {
  const std::int64_t start = MonotonicNanos();
  for (int i = 0; i < times; ++i) step(i);
  return static_cast<double>(MonotonicNanos() - start) / times;
}

inline double MedianOf(std::vector<double> values) {
  const auto middle =
      values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// Both at once, each on a CPU: the first or the second that there is.
void OnCpus(int first_cpu, const std::function<void()>& first, int second_cpu,
            const std::function<void()>& second);

// ns, one sample each time.
struct Probe {
  std::string name;
  std::function<double()> sample;
};

// One CPU's own instructions.
std::vector<Probe> InstructionProbes();
// Lines that go from one CPU to the other.
std::vector<Probe> LineProbes();
// System calls, futexes, the scheduler, membarrier.
std::vector<Probe> KernelProbes();

}  // namespace parkway_bench::scale

#endif  // PARKWAY_BENCH_SCALE_MEASURE_H_
