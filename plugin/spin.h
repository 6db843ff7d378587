// How long, and how, a waiter looks at a word before it gives its CPU away.
#ifndef PARKWAY_SPIN_H_
#define PARKWAY_SPIN_H_

#include <algorithm>
#include <cstdint>

namespace parkway {

// A wait in three steps. The first is in units that were calibrated on this
// machine, and has no gaps where the process has one CPU.
//   1. Polls after gaps of kFirstGapNs, each kGapGrowth times the last. A
//      section of a few dozen instructions ends inside the first gap. Every
//      look at the word costs its owner a cache miss, so a lock that did not
//      come free early is looked at ever more rarely.
//   2. For a mutex, kYields polls with a yield before each: with more threads
//      than CPUs its owner is probably not running, and a yield is the
//      cheapest way to let it run.
//   3. Sleep.
struct SpinLimits {
  std::uint32_t first_gap_pauses = 0;
  std::uint32_t gaps = 0;
  std::uint32_t yields = 0;

  static constexpr std::int64_t kFirstGapNs = 50;
  static constexpr std::uint32_t kGaps = 3;
  static constexpr std::uint32_t kGapGrowth = 8;
  static constexpr std::uint32_t kYields = 20;
};

// How a lock departs from that.
struct SpinPlan {
  // Longer gaps are cut into gaps of this many first ones.
  std::uint32_t longest_gap = UINT32_MAX;
  std::uint32_t yields = SpinLimits::kYields;
  std::uint32_t gaps = SpinLimits::kGaps;
};

namespace internal {

// The limits of this machine; measured by the first caller (about 20 us).
SpinLimits calibrated_spin_limits() noexcept;

template <class P, class Attempt>
bool spin(const SpinLimits& limits, Attempt& attempt,
          const SpinPlan& plan = {}) {
  std::uint32_t first_gaps = 1;
  const std::uint32_t gaps = std::min(limits.gaps, plan.gaps);
  for (std::uint32_t i = 0; i < gaps; ++i) {
    const std::uint32_t polls = (first_gaps - 1) / plan.longest_gap + 1;
    const std::uint32_t pauses = first_gaps / polls * limits.first_gap_pauses;
    for (std::uint32_t poll = 0; poll < polls; ++poll) {
      for (std::uint32_t j = 0; j < pauses; ++j) P::pause();
      if (attempt()) return true;
    }
    first_gaps *= SpinLimits::kGapGrowth;
  }
  return false;
}

// Calls attempt() -> bool by step 1. True as soon as attempt is.
template <class P, class Attempt>
bool spin(Attempt&& attempt) {
  return spin<P>(P::spin_limits(), attempt);
}

// The same for steps 1 and 2.
template <class P, class Attempt>
bool spin_and_yield(Attempt&& attempt, const SpinPlan& plan = {}) {
  const SpinLimits limits = P::spin_limits();
  if (spin<P>(limits, attempt, plan)) return true;
  const std::uint32_t yields = std::min(limits.yields, plan.yields);
  for (std::uint32_t i = 0; i < yields; ++i) {
    P::yield();
    if (attempt()) return true;
  }
  return false;
}

}  // namespace internal
}  // namespace parkway

#endif  // PARKWAY_SPIN_H_
