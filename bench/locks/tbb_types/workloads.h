// SPDX-License-Identifier: Apache-2.0

// What is done with a mutex to compare it.
#ifndef PARKWAY_BENCH_LOCKS_TBB_TYPES_WORKLOADS_H_
#define PARKWAY_BENCH_LOCKS_TBB_TYPES_WORKLOADS_H_

#include <vector>

#include "bench/locks/tbb_types/comparison.h"

namespace parkway_bench {

// All comparisons, ready to be measured.
std::vector<Comparison> AllComparisons();

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_LOCKS_TBB_TYPES_WORKLOADS_H_
