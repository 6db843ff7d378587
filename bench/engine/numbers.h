// SPDX-License-Identifier: Apache-2.0

// Numbers as the tables have them.

#ifndef PARKWAY_BENCH_ENGINE_NUMBERS_H_
#define PARKWAY_BENCH_ENGINE_NUMBERS_H_

#include <string>
#include <vector>

#include "bench/engine/stats.h"

namespace parkway_bench {

// Three digits that say something.
std::string Number(double value);

// "min..max", each times `scale`.
std::string Range(const Spread& spread, double scale);

// The median, or "-" if there are none.
std::string Ratio(const std::vector<double>& ratios);

// "min..max", or "-".
std::string RatioRange(const std::vector<double>& ratios);

// Whether parkway lost, by its ratios over stock, and how sure that is.
std::string Verdict(const std::vector<double>& ratios);

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_ENGINE_NUMBERS_H_
