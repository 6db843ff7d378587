// SPDX-License-Identifier: Apache-2.0

#include "parkway/base/spin.h"

#include <algorithm>
#include <atomic>

#include "parkway/base/cpu.h"
#include "parkway/os/compiler.h"
#include "parkway/os/os.h"

namespace parkway::internal {
namespace {

// The unit's pauses, above them the ticks, and a "measured" mark in one word,
// so that a reader sees all or nothing and no initialisation order matters.
constexpr std::uint64_t kMeasured = std::uint64_t{1} << 63;
constexpr int kTicksShift = 24;
constexpr std::uint64_t kMostTicks = UINT32_MAX;
std::atomic<std::uint64_t> g_unit{0};

// Of a unit: a pause of 6 ps, which no machine has; the longest gap still fits
// its type.
constexpr std::int64_t kMostParts = 160000;

struct Timing {
  std::int64_t ns = os::kForever;
  std::uint64_t ticks = 0;
};

// The shortest of several timings of `repeat` calls: preemption and cold caches
// only ever add. Its ticks are not more than its nanoseconds.
template <class F>
Timing least(int repeat, F&& f) {
  Timing least;
  for (int sample = 0; sample < 5; ++sample) {
    const std::int64_t start = os::nanotime();
    const std::uint64_t first = cpu_ticks();
    for (int i = 0; i < repeat; ++i) f();
    const std::uint64_t last = cpu_ticks();
    const std::int64_t ns = os::nanotime() - start;
    if (ns < least.ns) least = {ns, last - first};
  }
  least.ns = std::max<std::int64_t>(least.ns, 1);
  return least;
}

// With one CPU.
constexpr std::uint64_t kOneCpu = kMeasured;

// A process that seemed to have one CPU is asked about again, at most so often:
// a thread that is pinned to another may have come, or the mask may have
// changed. In between it yields where it could have polled. Asking takes two
// system calls (0.3 us).
constexpr std::int64_t kAskAgainNs = 10'000'000;
std::atomic<std::int64_t> g_ask_again{0};

bool may_ask_again() {
  const std::int64_t now = os::coarse_nanotime();
  // relaxed: two that ask at once do no harm.
  if (now < g_ask_again.load(std::memory_order_relaxed)) return false;
  g_ask_again.store(now + kAskAgainNs, std::memory_order_relaxed);
  return true;
}

// A unit's pauses, in parts, and a first gap's ticks.
std::uint64_t measure() {
  if (os::ncpu() <= 1) return kOneCpu;
  constexpr int kRepeat = 100;
  const Timing took = least(kRepeat, [] { cpu_pause(); });
  const double ticks = static_cast<double>(took.ticks) * SpinLimits::kFirstGap *
                       SpinLimits::kUnitNs / static_cast<double>(took.ns);
  const std::int64_t parts =
      (SpinLimits::kParts * SpinLimits::kUnitNs * kRepeat + took.ns / 2) /
      took.ns;
  return kMeasured |
         std::min(static_cast<std::uint64_t>(ticks), kMostTicks)
             << kTicksShift |
         static_cast<std::uint64_t>(
             std::clamp<std::int64_t>(parts, 1, kMostParts));
}

}  // namespace

SpinLimits calibrated_spin_limits() noexcept {
  // relaxed: the word is the whole message, and two threads that both measure
  // only lose a few microseconds.
  std::uint64_t unit = g_unit.load(std::memory_order_relaxed);
  if (unit == 0 || (unit == kOneCpu && may_ask_again())) {
    std::uint64_t before = unit;
    unit = measure();
    // Not over what another thread has measured, which may know of more CPUs.
    if (!g_unit.compare_exchange_strong(before, unit,
                                        std::memory_order_relaxed)) {
      unit = before;
    }
  }
  SpinLimits limits;
  limits.unit_parts =
      static_cast<std::uint32_t>(unit & ((1u << kTicksShift) - 1));
  limits.close_ticks =
      static_cast<std::uint32_t>((unit & ~kMeasured) >> kTicksShift);
  limits.gaps = limits.unit_parts == 0 ? 0 : SpinLimits::kGaps;
  limits.yields = SpinLimits::kYields;
  return limits;
}

extern PARKWAY_THREAD_LOCAL SpinHistory t_spin_history;
PARKWAY_THREAD_LOCAL SpinHistory t_spin_history = {};

PARKWAY_NOINLINE SpinHistory& spin_history() noexcept {
  return t_spin_history;
}

}  // namespace parkway::internal
