// How long, and how, a waiter looks at a word before it gives its CPU away.
#ifndef PARKWAY_SPIN_H_
#define PARKWAY_SPIN_H_

#include <cstdint>

namespace parkway {

// Spin limits in units that were calibrated on this machine: all zero where
// the process has one CPU. The plan is
//   1. poll without pausing for about kTightNs: a section of a few dozen
//      instructions ends inside it, and a longer pause would miss the release
//      so regularly that two threads end up taking turns;
//   2. then poll after gaps of kFirstGapNs, each kGapGrowth times the last:
//      every look at the word costs its owner a cache miss, so a lock that
//      did not come free early is looked at ever more rarely.
struct SpinLimits {
  std::uint32_t tight_polls = 0;
  std::uint32_t first_gap_pauses = 0;
  std::uint32_t gaps = 0;

  static constexpr std::int64_t kTightNs = 4;
  static constexpr std::int64_t kFirstGapNs = 100;
  static constexpr std::uint32_t kGaps = 3;
  static constexpr std::uint32_t kGapGrowth = 8;
};

namespace internal {

// The limits of this machine; measured by the first caller (about 20 us).
SpinLimits calibrated_spin_limits() noexcept;

// Calls attempt() -> bool by the plan above. True as soon as attempt is.
template <class P, class Attempt>
bool spin(Attempt&& attempt) {
  const SpinLimits limits = P::spin_limits();
  for (std::uint32_t i = 0; i < limits.tight_polls; ++i) {
    if (attempt()) return true;
  }
  std::uint32_t pauses = limits.first_gap_pauses;
  for (std::uint32_t i = 0; i < limits.gaps; ++i) {
    for (std::uint32_t j = 0; j < pauses; ++j) P::pause();
    if (attempt()) return true;
    pauses *= SpinLimits::kGapGrowth;
  }
  return false;
}

// spin(), then one yield and a last attempt: Go's passive spin. One yield
// keeps the longest wait in the low milliseconds (a preempted owner on this
// CPU gets to run); more of them only burn CPU.
template <class P, class Attempt>
bool spin_and_yield(Attempt&& attempt) {
  if (spin<P>(attempt)) return true;
  P::yield();
  return attempt();
}

}  // namespace internal
}  // namespace parkway

#endif  // PARKWAY_SPIN_H_
