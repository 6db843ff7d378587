// SPDX-License-Identifier: Apache-2.0

// The few numbers that stand for many repetitions.

#ifndef PARKWAY_BENCH_ENGINE_STATS_H_
#define PARKWAY_BENCH_ENGINE_STATS_H_

#include <vector>

namespace parkway_bench {

struct Spread {
  double median = 0;
  double min = 0;
  double max = 0;
};

// Of `values`, which must not be empty.
Spread SpreadOf(std::vector<double> values);

// numerators[i] / denominators[i] for the i that both have, leaving out zero
// denominators: the repetitions that ran next to each other are compared with
// each other.
std::vector<double> PairwiseRatios(const std::vector<double>& numerators,
                                   const std::vector<double>& denominators);

double Mean(const std::vector<double>& values);

// Of a sample: zero for fewer than two values.
double StandardDeviation(const std::vector<double>& values);

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_ENGINE_STATS_H_
