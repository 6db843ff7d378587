// SPDX-License-Identifier: Apache-2.0

// How often each byte occurs, counted by all CPUs in different ways.

#ifndef HISTOGRAM_HISTOGRAM_H_
#define HISTOGRAM_HISTOGRAM_H_

#include <array>
#include <string>

namespace example {

using Histogram = std::array<long, 256>;

// One lock per byte value.
Histogram CountWithLocks(const std::string& text);

// A histogram per thread, added up at the end.
Histogram CountPerThread(const std::string& text);

// Halves that are added up, down to small pieces.
Histogram CountByHalves(const std::string& text);

// parallel_reduce.
Histogram CountReducing(const std::string& text);

}  // namespace example

#endif  // HISTOGRAM_HISTOGRAM_H_
