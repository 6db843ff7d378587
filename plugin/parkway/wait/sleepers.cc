// SPDX-License-Identifier: Apache-2.0

#include "parkway/wait/sleepers.h"

#include <algorithm>

#include "parkway/os/os.h"
#include "parkway/wait/on_or_off.h"

namespace parkway::internal {

SleeperTable sleeper_table;
std::atomic<bool> barrier_works{false};
std::atomic<std::uint32_t> barrier_ns{0};

namespace {

// When the last sleeper of each slot left, by now_ms(); 0: there was none. Not
// beside the counts: unlocks look at those alone.
std::atomic<std::uint32_t> g_left[std::size_t{1} << kSleeperSlotBits];

// Up to which time, in milliseconds, slots that had sleepers have used up their
// right to become quiet: one for each.
std::atomic<std::int64_t> g_calmed{0};

std::int64_t now_ms() { return os::coarse_nanotime() / 1000000; }

// For g_left; never 0.
std::uint32_t stamp(std::int64_t ms) {
  return static_cast<std::uint32_t>(ms) | 1;
}

std::int64_t era_ms() {
  // relaxed: a hint.
  const std::uint64_t era_ns =
      std::uint64_t{barrier_ns.load(std::memory_order_relaxed)} *
      kBarriersPerEra;
  if (era_ns == 0) return kMostEraMs;
  return std::clamp<std::int64_t>(static_cast<std::int64_t>(era_ns / 1000000),
                                  kLeastEraMs, kMostEraMs);
}

// A barrier took so long. One thread may have lost its CPU meanwhile: each
// counts for an eighth, and none for more than the longest era.
void barrier_took(std::int64_t ns) {
  constexpr std::int64_t kMostNs = kMostEraMs * 1000000 / kBarriersPerEra;
  const std::int64_t took = std::clamp<std::int64_t>(ns, 1, kMostNs);
  // relaxed: of two that learn at once one may be lost.
  const std::int64_t known = barrier_ns.load(std::memory_order_relaxed);
  barrier_ns.store(static_cast<std::uint32_t>(
                       known == 0 ? took : known + (took - known) / 8),
                   std::memory_order_relaxed);
}

// Whether one more may become quiet. What was not used is kept, up to a limit:
// so a thousand sleepers that leave together do not leave a slow place for
// long.
bool may_calm(std::int64_t now) {
  constexpr std::int64_t kMostKept = 1024;
  // relaxed: it is only counted.
  std::int64_t used = g_calmed.load(std::memory_order_relaxed);
  while (used < now) {
    if (g_calmed.compare_exchange_weak(used,
                                       std::max(used, now - kMostKept) + 1,
                                       std::memory_order_relaxed)) {
      return true;
    }
  }
  return false;
}

bool wanted() {
#ifdef PARKWAY_NO_BARRIER
  return false;
#else
  return on_or_off("PARKWAY_BARRIER");
#endif
}

// When the library is loaded. relaxed: slots become quiet one by one after it,
// and a thread that does not see it yet leaves them as they are.
[[maybe_unused]] const bool has_looked_for_barrier = [] {
  if (wanted() && os::prepare_process_barrier()) {
    barrier_works.store(true, std::memory_order_relaxed);
  }
  return true;
}();

}  // namespace

void leave_sleeper_slot(const void* word) noexcept {
  // First: whoever makes the slot quiet must see when it was left.
  g_left[sleeper_slot_index(word)].store(stamp(now_ms()),
                                         std::memory_order_relaxed);
  sleeper_slot(word).leave();
}

void calm_sleeper_slot(const void* word) noexcept {
  // relaxed, all: times are hints, and the slot's own word decides.
  const std::uint32_t left =
      g_left[sleeper_slot_index(word)].load(std::memory_order_relaxed);
  if (left != 0) {
    const std::int64_t now = now_ms();
    if (stamp(now) - left < era_ms() || !may_calm(now)) return;
  }
  sleeper_slot(word).become_quiet();
}

bool fence_sleeper_slot(const void* word) noexcept {
  const std::int64_t start = os::nanotime();
  if (os::process_barrier()) {
    barrier_took(os::nanotime() - start);
    sleeper_slot(word).fenced();
    return true;
  }
  if (barrier_works.exchange(false, std::memory_order_relaxed)) {
    for (SleeperSlot& slot : sleeper_table.slots) slot.end_quiet();
  }
  return false;
}

}  // namespace parkway::internal
