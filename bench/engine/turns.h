// SPDX-License-Identifier: Apache-2.0

// Work between and under locks.

#ifndef PARKWAY_BENCH_ENGINE_TURNS_H_
#define PARKWAY_BENCH_ENGINE_TURNS_H_

#include <cstdint>

namespace parkway_bench {

// Work of about a nanosecond a turn that no compiler can shorten: every turn
// needs the last one.
inline std::uint64_t Turns(std::uint64_t x, int turns) {
  for (int i = 0; i < turns; ++i) {
    x = x * 2862933555777941757u + 3037000493u;
  }
  return x;
}

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_ENGINE_TURNS_H_
