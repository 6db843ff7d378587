// SPDX-License-Identifier: Apache-2.0

// When each of many has to do something next, and who is the first.
#ifndef PARKWAY_BENCH_SCALE_AGENDA_H_
#define PARKWAY_BENCH_SCALE_AGENDA_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "bench/scale/costs.h"

namespace parkway_bench::scale {

// A tree of minima: each node is the lesser one of the two below it. Of two
// with the same time the lower number is first.
class Agenda {
 public:
  // The last time that it knows: 2^50 ps, a quarter of an hour.
  static constexpr Time kNever = (Time{1} << 50) - 1;

  // For numbers below `many`, which is not more than 2^13.
  explicit Agenda(int many) {
    while (leaves_ < static_cast<std::size_t>(many)) leaves_ *= 2;
    tree_.assign(2 * leaves_, Key(kNever, 0));
  }

  void Set(int who, Time at) {
    std::size_t i = leaves_ + static_cast<std::size_t>(who);
    tree_[i] = Key(std::min(at, kNever), who);
    for (i /= 2; i > 0; i /= 2) {
      const std::uint64_t least = std::min(tree_[2 * i], tree_[2 * i + 1]);
      if (tree_[i] == least) return;
      tree_[i] = least;
    }
  }

  // kNever: nobody.
  Time next() const { return static_cast<Time>(tree_[1] >> kBits); }
  int who() const { return static_cast<int>(tree_[1] & (kMany - 1)); }

 private:
  static constexpr unsigned kBits = 13;
  static constexpr std::uint64_t kMany = std::uint64_t{1} << kBits;

  static std::uint64_t Key(Time at, int who) {
    return static_cast<std::uint64_t>(at) << kBits |
           static_cast<std::uint64_t>(who);
  }

  std::size_t leaves_ = 1;
  std::vector<std::uint64_t> tree_;
};

}  // namespace parkway_bench::scale

#endif  // PARKWAY_BENCH_SCALE_AGENDA_H_
