// SPDX-License-Identifier: Apache-2.0

// Fingerprints that are the same in every process: std::hash and absl::Hash
// promise no such thing, and the programs' outputs are compared between
// processes.

#ifndef PARKWAY_BENCH_PROGRAMS_DIGEST_H_
#define PARKWAY_BENCH_PROGRAMS_DIGEST_H_

#include <cstdint>
#include <string_view>

namespace parkway_bench {

// Spreads every bit of `x` over the result (the finisher of SplitMix64).
constexpr std::uint64_t Mix(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

// A fingerprint of `text` (FNV-1a, mixed); not for keeping enemies out.
constexpr std::uint64_t Fingerprint(std::string_view text,
                                    std::uint64_t seed = 0) {
  std::uint64_t hash = 0xcbf29ce484222325u ^ Mix(seed);
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  }
  return Mix(hash);
}

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_PROGRAMS_DIGEST_H_
