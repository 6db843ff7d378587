// SPDX-License-Identifier: Apache-2.0

// How long operations with a limit wait.
#ifndef PARKWAY_TESTS_FUZZ_TIMES_H_
#define PARKWAY_TESTS_FUZZ_TIMES_H_

#include <chrono>
#include <cstdint>

namespace parkway::fuzz {

struct Time {
  std::chrono::nanoseconds ns;
  bool forever;  // so long that its end is never met
};

// By a choice of the input: never, up already, within a spin, within a wake,
// longer than one, and so long that others can be seen to wait meanwhile.
inline Time TimeOf(unsigned choice) {
  using std::chrono::microseconds;
  static constexpr Time kTimes[] = {
      {std::chrono::hours(1), true}, {microseconds(0), false},
      {microseconds(3), false},      {microseconds(40), false},
      {microseconds(150), false},    {microseconds(1000), false},
      {microseconds(-1000), false},  {microseconds(20000), false},
  };
  return kTimes[choice % (sizeof(kTimes) / sizeof(kTimes[0]))];
}

// Only a hang takes that long.
inline constexpr std::int64_t kHangNs = 90'000'000'000;

// What is written over an object that has ended: a late access finds it, and
// so is found where it writes.
inline constexpr int kScribble = 0xa5;

}  // namespace parkway::fuzz

#endif  // PARKWAY_TESTS_FUZZ_TIMES_H_
