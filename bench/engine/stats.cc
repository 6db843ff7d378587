// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/stats.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace parkway_bench {

Spread SpreadOf(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  Spread spread;
  spread.min = values.front();
  spread.max = values.back();
  spread.median = values.size() % 2 == 1
                      ? values[middle]
                      : (values[middle - 1] + values[middle]) / 2;
  return spread;
}

std::vector<double> PairwiseRatios(const std::vector<double>& numerators,
                                   const std::vector<double>& denominators) {
  std::vector<double> ratios;
  const std::size_t pairs = std::min(numerators.size(), denominators.size());
  for (std::size_t i = 0; i < pairs; ++i) {
    if (denominators[i] != 0) {
      ratios.push_back(numerators[i] / denominators[i]);
    }
  }
  return ratios;
}

double Mean(const std::vector<double>& values) {
  return values.empty() ? 0
                        : std::accumulate(values.begin(), values.end(), 0.0) /
                              static_cast<double>(values.size());
}

double StandardDeviation(const std::vector<double>& values) {
  if (values.size() < 2) {
    return 0;
  }
  const double mean = Mean(values);
  double squares = 0;
  for (const double value : values) {
    squares += (value - mean) * (value - mean);
  }
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

}  // namespace parkway_bench
