// SPDX-License-Identifier: Apache-2.0

#include "parkway/wait/sleepers.h"

#include "parkway/base/per_process.h"
#include "parkway/os/os.h"
#include "parkway/wait/on_or_off.h"
#include "parkway/wait/shared_barrier.h"
#include "parkway/wait/sleepers_slow.h"

namespace parkway::internal {

SleeperTable sleeper_table;
std::atomic<bool> barrier_works{false};
std::atomic<std::uint32_t> barrier_ns{0};

namespace {

std::atomic<std::uint32_t> g_left[std::size_t{1} << kSleeperSlotBits];
std::atomic<std::int64_t> g_calmed{0};
PerProcess<BasicSharedBarrier<BasePlatform>> g_barrier;

// This process's.
struct ProcessEras {
  static SleeperSlot& slot(const void* word) { return sleeper_slot(word); }
  static std::atomic<std::uint32_t>& left(const void* word) {
    return g_left[sleeper_slot_index(word)];
  }
  static std::atomic<std::int64_t>& calmed() { return g_calmed; }
  static std::atomic<std::uint32_t>& barrier_ns() {
    return internal::barrier_ns;
  }
  static BasicSharedBarrier<BasePlatform>& barrier() { return g_barrier.get(); }
  static std::int64_t now() { return os::nanotime(); }
  static std::int64_t coarse_now() { return os::coarse_nanotime(); }
};
using Eras = SleeperEras<ProcessEras>;

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

void leave_sleeper_slot(const void* word) noexcept { Eras::leave(word); }

void calm_sleeper_slot(const void* word) noexcept { Eras::calm(word); }

bool fence_sleeper_slot(const void* word) noexcept {
  if (Eras::fence(word)) return true;
  if (barrier_works.exchange(false, std::memory_order_relaxed)) {
    for (SleeperSlot& slot : sleeper_table.slots) slot.end_quiet();
  }
  return false;
}

}  // namespace parkway::internal
