// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/core_probe.h"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "bench/engine/pinning.h"

namespace parkway_bench {
namespace {

constexpr int kTries = 3;
constexpr int kTurns = 250000;
// Between what a shared core costs this loop, 1.4 to 1.5, and what a changed
// clock may, 1.1.
constexpr double kBusy = 1.25;

void Turns() {
  std::uint64_t a = 1;
  std::uint64_t b = 2;
  std::uint64_t c = 3;
  std::uint64_t d = 4;
  std::uint64_t e = 5;
  std::uint64_t f = 6;
  for (int i = 0; i < kTurns; ++i) {
    a += 3;
    b ^= 5;
    c += 7;
    d ^= 9;
    e += 11;
    f ^= 13;
    // The values are wanted, each in a register, and none is known.
    asm volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d), "+r"(e), "+r"(f));
  }
}

}  // namespace

double CoreProbe() {
  double least = std::numeric_limits<double>::max();
  for (int i = 0; i < kTries; ++i) {
    const double start = ThisThreadUsage().cpu_seconds;
    Turns();
    least = std::min(least, ThisThreadUsage().cpu_seconds - start);
  }
  return 1e9 * least / kTurns;
}

double BusyCores(const std::vector<double>& probes) {
  if (probes.empty()) {
    return 0;
  }
  const double limit = kBusy * *std::min_element(probes.begin(), probes.end());
  const auto busy = std::count_if(probes.begin(), probes.end(),
                                  [limit](double ns) { return ns > limit; });
  return static_cast<double>(busy) / static_cast<double>(probes.size());
}

}  // namespace parkway_bench
