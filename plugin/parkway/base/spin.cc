// SPDX-License-Identifier: Apache-2.0

#include "parkway/base/spin.h"

#include <algorithm>
#include <atomic>

#include "parkway/base/cpu.h"
#include "parkway/os/os.h"

namespace parkway::internal {
namespace {

// The unit and a "measured" mark in one word, so that a reader sees all or
// nothing and no initialisation order matters.
constexpr std::uint64_t kMeasured = std::uint64_t{1} << 63;
std::atomic<std::uint64_t> g_unit{0};

// Of a unit: a pause of 6 ps, which no machine has; the longest gap still fits
// its type.
constexpr std::int64_t kMostParts = 160000;

// The least of several timings of `repeat` calls, in nanoseconds: preemption
// and cold caches only ever add.
template <class F>
std::int64_t least_ns(int repeat, F&& f) {
  std::int64_t least = os::kForever;
  for (int sample = 0; sample < 5; ++sample) {
    const std::int64_t start = os::nanotime();
    for (int i = 0; i < repeat; ++i) f();
    least = std::min(least, os::nanotime() - start);
  }
  return std::max<std::int64_t>(least, 1);
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

std::uint64_t measure() {
  if (os::ncpu() <= 1) return kOneCpu;
  constexpr int kRepeat = 100;
  const std::int64_t took = least_ns(kRepeat, [] { cpu_pause(); });
  const std::int64_t parts =
      (SpinLimits::kParts * SpinLimits::kUnitNs * kRepeat + took / 2) / took;
  return kMeasured | static_cast<std::uint64_t>(
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
  limits.unit_parts = static_cast<std::uint32_t>(unit & ~kMeasured);
  limits.gaps = limits.unit_parts == 0 ? 0 : SpinLimits::kGaps;
  limits.yields = SpinLimits::kYields;
  return limits;
}

}  // namespace parkway::internal
