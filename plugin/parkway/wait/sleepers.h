// SPDX-License-Identifier: Apache-2.0

// How many threads sleep, or are about to, on words near an address.
//
// An unlock has to find out about sleepers without a locked instruction and
// without looking at the mutex after its release. So sleepers are counted
// outside the mutexes, in a table that is hardly ever written and thus sits in
// every CPU's cache. A slot is shared by all words that hash to it: "somebody"
// may be somebody else's sleeper, "nobody" is exact.
//
// The protocol is Dekker's with an asymmetric fence:
//   unlock   store the word;       (compiler fence)          load the slot
//   sleeper  announce in the slot; os::process_barrier();    load the word
// One of the two sees the other's write. Only the sleeper pays for a fence.
//
// One table per process: code that locks a mutex and code that unlocks it must
// see the same one (do not link parkway twice with hidden symbols and pass
// FutexMutexes between the copies).
#ifndef PARKWAY_WAIT_SLEEPERS_H_
#define PARKWAY_WAIT_SLEEPERS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace parkway::internal {

inline constexpr std::size_t kSleeperSlots = 1024;

// Two counts: of the announced, and in the upper half of the warned, who are
// known to come back to the word later (see Platform::warn()).
using SleeperSlot = std::atomic<std::uint64_t>;
inline constexpr std::uint64_t kAnnounced = 1;
inline constexpr std::uint64_t kWarned = std::uint64_t{1} << 32;

// 8 KiB, all zero at start. Neighbouring slots share a cache line: a sleep
// costs microseconds, a line that a sleep takes away costs one miss.
struct alignas(64) SleeperTable {
  SleeperSlot slots[kSleeperSlots] = {};
};

extern SleeperTable sleeper_table;

// Words of one cache line share a slot; they share the line's fate anyway.
inline SleeperSlot& sleeper_slot(const void* word) noexcept {
  constexpr unsigned kLineBits = 6;
  const auto address = reinterpret_cast<std::uintptr_t>(word);
  return sleeper_table.slots[(address >> kLineBits) % kSleeperSlots];
}

}  // namespace parkway::internal

#endif  // PARKWAY_WAIT_SLEEPERS_H_
