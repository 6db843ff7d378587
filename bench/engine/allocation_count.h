// SPDX-License-Identifier: Apache-2.0

// How many allocations this program makes: linking this in replaces the global
// operator new.

#ifndef PARKWAY_BENCH_ENGINE_ALLOCATION_COUNT_H_
#define PARKWAY_BENCH_ENGINE_ALLOCATION_COUNT_H_

#include <cstdint>

namespace parkway_bench {

// The calls of operator new by the calling thread so far.
std::uint64_t AllocationsOfThisThread();

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_ENGINE_ALLOCATION_COUNT_H_
