// SPDX-License-Identifier: Apache-2.0

// Numbers that look as if they came by chance, the same on each host.
#ifndef PARKWAY_BENCH_SCALE_RANDOM_H_
#define PARKWAY_BENCH_SCALE_RANDOM_H_

#include <cstdint>

namespace parkway_bench::scale {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * kFactor + kStep) {
    Below(2);
  }

  // Less than `limit`, which is not more than 2^31.
  std::uint64_t Below(std::uint64_t limit) {
    state_ = state_ * kFactor + kStep;
    return ((state_ >> 33) * limit) >> 31;
  }

 private:
  // Knuth's MMIX.
  static constexpr std::uint64_t kFactor = 6364136223846793005u;
  static constexpr std::uint64_t kStep = 1442695040888963407u;

  std::uint64_t state_;
};

}  // namespace parkway_bench::scale

#endif  // PARKWAY_BENCH_SCALE_RANDOM_H_
