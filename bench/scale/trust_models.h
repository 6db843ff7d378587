// SPDX-License-Identifier: Apache-2.0

// Which measured cells have a scene and a lock here, and what comes out.
#ifndef PARKWAY_BENCH_SCALE_TRUST_MODELS_H_
#define PARKWAY_BENCH_SCALE_TRUST_MODELS_H_

#include <vector>

#include "bench/scale/costs.h"
#include "bench/scale/figures.h"
#include "bench/scale/trust.h"

namespace parkway_bench::scale {

// Whether there is a model of that lock in that benchmark.
bool CanPredict(const MeasuredCell& cell);
// One run, on a machine of two CPUs, for as long as it was measured.
Figures Simulate(const MeasuredCell& cell, const Costs& costs,
                 std::uint64_t seed);
// The middle one of three seeds: ns per operation.
double Predict(const MeasuredCell& cell, const Costs& costs);

}  // namespace parkway_bench::scale

#endif  // PARKWAY_BENCH_SCALE_TRUST_MODELS_H_
