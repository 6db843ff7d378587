// SPDX-License-Identifier: Apache-2.0

// How long, and how, a waiter looks at a word before it gives its CPU away.
#ifndef PARKWAY_BASE_SPIN_H_
#define PARKWAY_BASE_SPIN_H_

#include <algorithm>
#include <cstdint>

#include "parkway/os/language.h"

namespace parkway {

// A wait in three steps. The first is in units that were calibrated on this
// machine, and has no gaps where the process has one CPU.
//   1. Polls after gaps of kFirstGap units, each kGapGrowth times the last.
//      A section of a few dozen instructions ends inside the first gap. Every
//      look at the word costs its owner a cache miss, so a lock that did not
//      come free early is looked at ever more rarely.
//   2. For a mutex, kYields polls with a yield before each: with more threads
//      than CPUs its owner is probably not running, and a yield is the
//      cheapest way to let it run.
//   3. Sleep.
//
// Each gap is drawn from 1 - 1/kSpread to 1 + 1/kSpread of that. With equal
// gaps, threads whose work between two locks takes the same time each time fall
// into step: each arrives just when its look takes the line from the owner, who
// then waits for it in the middle of the section. Which gap does that to which
// work depends on the machine (docs/design/spin_plan.md).
struct SpinLimits {
  // A unit's pauses, in sixteenths: on some machines a pause takes 50 ns. What
  // is drawn is rounded to whole pauses.
  static constexpr std::uint32_t kParts = 16;
  std::uint32_t unit_parts = 0;
  std::uint32_t gaps = 0;
  std::uint32_t yields = 0;

  static constexpr std::int64_t kUnitNs = 60;
  static constexpr std::uint32_t kFirstGap = 2;
  static constexpr std::uint32_t kGaps = 4;
  static constexpr std::uint32_t kGapGrowth = 3;
  static constexpr std::uint32_t kSpread = 5;
  static constexpr std::uint32_t kYields = 32;
};

// How a lock departs from that.
struct SpinPlan {
  // Longer gaps are cut into gaps of this many units.
  std::uint32_t longest_gap = UINT32_MAX;
  std::uint32_t yields = SpinLimits::kYields;
  std::uint32_t gaps = SpinLimits::kGaps;
  // For mutexes in memory that processes share: whether a waiter that sleeps
  // looks again from time to time (parkway/wait/look_again.h).
  bool looks_again = false;
};

namespace internal {

// The limits of this machine; measured by the first caller (about 20 us), and
// again while the process seems to have one CPU.
SpinLimits calibrated_spin_limits() noexcept;

// How many pauses: evenly from (1 - 1/kSpread) to (1 + 1/kSpread) of `parts`.
template <class P>
std::uint32_t drawn(std::uint32_t parts) {
  const std::uint32_t spread = parts / SpinLimits::kSpread;
  // The upper bits of a product with the golden ratio depend on all bits.
  const std::uint64_t random =
      static_cast<std::uint32_t>(P::ticks()) * 2654435769u >> 16;
  const std::uint32_t drawn_parts =
      parts - spread +
      static_cast<std::uint32_t>(random * (2 * spread + 1) >> 16);
  return (drawn_parts + SpinLimits::kParts / 2) / SpinLimits::kParts;
}

template <class P, class Attempt>
bool spin(const SpinLimits& limits, Attempt& attempt,
          const SpinPlan& plan = {}) {
  std::uint32_t gap = SpinLimits::kFirstGap;
  const std::uint32_t gaps = std::min(limits.gaps, plan.gaps);
  for (std::uint32_t i = 0; i < gaps; ++i) {
    const std::uint32_t polls = (gap - 1) / plan.longest_gap + 1;
    const std::uint32_t parts = gap / polls * limits.unit_parts;
    for (std::uint32_t poll = 0; poll < polls; ++poll) {
      for (std::uint32_t left = drawn<P>(parts); left > 0; --left) P::pause();
      if (attempt()) return true;
    }
    gap *= SpinLimits::kGapGrowth;
  }
  return false;
}

// Calls attempt() -> bool by step 1. True as soon as attempt is.
template <class P, class Attempt>
bool spin(Attempt&& attempt) {
  return spin<P>(P::spin_limits(), attempt);
}

// The same for steps 1 and 2. Calls it once at least: callers may loop until it
// is true, and a task on one CPU neither spins nor yields.
template <class P, class Attempt>
bool spin_and_yield(Attempt&& attempt, const SpinPlan& plan = {}) {
  const SpinLimits limits = P::spin_limits();
  if (spin<P>(limits, attempt, plan)) return true;
  const std::uint32_t yields = std::min(limits.yields, plan.yields);
  for (std::uint32_t i = 0; i < yields; ++i) {
    P::yield();
    if (attempt()) return true;
  }
  const bool tried = yields != 0 || std::min(limits.gaps, plan.gaps) != 0;
  return !tried && attempt();
}

}  // namespace internal
}  // namespace parkway

#endif  // PARKWAY_BASE_SPIN_H_
