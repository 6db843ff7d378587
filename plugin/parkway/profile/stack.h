// SPDX-License-Identifier: Apache-2.0

// A stack as the profile keeps it.
#ifndef PARKWAY_PROFILE_STACK_H_
#define PARKWAY_PROFILE_STACK_H_

#include <algorithm>
#include <cstdint>

namespace parkway::internal {

struct Stack {
  static constexpr int kMost = 24;

  void* frames[kMost];  // innermost first
  int depth;

  bool operator==(const Stack& other) const {
    return depth == other.depth &&
           std::equal(frames, frames + depth, other.frames);
  }
  std::uint64_t hash() const {
    std::uint64_t h = static_cast<std::uint64_t>(depth);
    for (int i = 0; i < depth; ++i) {
      h = (h ^ reinterpret_cast<std::uintptr_t>(frames[i])) *
          0x9E3779B97F4A7C15u;
      h ^= h >> 29;
    }
    return h;
  }
};

}  // namespace parkway::internal

#endif  // PARKWAY_PROFILE_STACK_H_
