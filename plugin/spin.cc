#include "parkway/spin.h"

#include <algorithm>
#include <atomic>

#include "parkway/cpu.h"
#include "parkway/os/os.h"

namespace parkway::internal {
namespace {

// Two limits and a "measured" mark in one word, so that a reader sees all or
// nothing and no initialisation order matters.
constexpr std::uint64_t kMeasured = std::uint64_t{1} << 63;
std::atomic<std::uint64_t> g_limits{0};

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

std::uint32_t calls_in(std::int64_t ns, std::int64_t measured_ns, int repeat) {
  const std::int64_t calls = ns * repeat / measured_ns;
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(calls, 1, 10000));
}

std::uint64_t measure() {
  if (os::ncpu() <= 1) return kMeasured;
  constexpr int kPauses = 100;
  constexpr int kPolls = 1000;
  const std::int64_t pause_ns = least_ns(kPauses, [] { cpu_pause(); });
  std::atomic<std::uint32_t> word{1};
  const std::int64_t poll_ns = least_ns(kPolls, [&word] {
    if (word.load(std::memory_order_relaxed) == 0) cpu_pause();
  });
  const std::uint64_t polls = calls_in(SpinLimits::kTightNs, poll_ns, kPolls);
  const std::uint64_t pauses =
      calls_in(SpinLimits::kFirstGapNs, pause_ns, kPauses);
  return kMeasured | polls << 32 | pauses;
}

}  // namespace

SpinLimits calibrated_spin_limits() noexcept {
  // relaxed: the word is the whole message, and two threads that both measure
  // only lose a few microseconds.
  std::uint64_t packed = g_limits.load(std::memory_order_relaxed);
  if (packed == 0) {
    packed = measure();
    g_limits.store(packed, std::memory_order_relaxed);
  }
  SpinLimits limits;
  limits.first_gap_pauses = static_cast<std::uint32_t>(packed);
  limits.tight_polls = static_cast<std::uint32_t>((packed & ~kMeasured) >> 32);
  limits.gaps = limits.first_gap_pauses == 0 ? 0 : SpinLimits::kGaps;
  return limits;
}

}  // namespace parkway::internal
