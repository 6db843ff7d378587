// SPDX-License-Identifier: Apache-2.0

// How a run's context says how quiet the machine was.

#ifndef PARKWAY_BENCH_ENGINE_QUIET_H_
#define PARKWAY_BENCH_ENGINE_QUIET_H_

namespace parkway_bench {

// More of the machine than this for others, and the numbers are noise.
inline constexpr double kQuietShare = 0.05;

// The name of the line, and what is in it then.
inline constexpr char kOtherLoad[] = "other load";
inline constexpr char kNoisy[] = "NOISY";

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_ENGINE_QUIET_H_
