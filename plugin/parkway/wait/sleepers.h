// SPDX-License-Identifier: Apache-2.0

// Whether threads sleep, or are about to, on words near an address.
//
// An unlock has to find out about sleepers without a locked instruction and
// without looking at the mutex after its release. So sleepers are counted
// outside the mutexes, in slots by address. A slot is shared by all words that
// hash to it: "somebody" may be somebody else's sleeper, "nobody" is exact.
//
// A slot is quiet or not. Where it is not, an unlock is exact: one locked
// instruction that gives the word back and says what was in it. Where it is
// quiet, Dekker's protocol with an asymmetric fence lets it be a plain store:
//   unlock   store the word;      (compiler fence)           look at the slot
//   sleeper  end the quiet; os::process_barrier();           look at the word
// One of the two sees the other's write. Only the sleeper pays for a fence, and
// only where the slot was quiet: what it has ended stays ended until all that
// sleep there are gone, and for a while after that (an era). A lock that sleeps
// all the time makes hardly any barriers.
//
// All slots begin as not quiet. Unlocks make them quiet, if the system is known
// to have such a barrier. Where it has none, nothing is ever quiet: the locks
// are then as exact as Go's of 2011, and as fast.
//
// One table per process: code that locks a mutex and code that unlocks it must
// see the same one (do not link parkway twice with hidden symbols and pass
// FutexMutexes between the copies).
//
// The child of a fork inherits the counts of sleepers that it does not have.
// Unlocks near these are exact for ever; nothing is lost by that.
#ifndef PARKWAY_WAIT_SLEEPERS_H_
#define PARKWAY_WAIT_SLEEPERS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "parkway/base/platform.h"
#include "parkway/os/compiler.h"

namespace parkway {

// One slot. Any thread may call any member.
template <class P>
class BasicSleeperSlot {
 public:
  // Whether releases may be plain stores. relaxed: see the protocol above.
  bool quiet() const { return word_.load(std::memory_order_relaxed) == kQuiet; }

  // How many are counted, kMost / kOne at most.
  std::uint32_t count() const {
    return word_.load(std::memory_order_relaxed) / kOne;
  }

  // Whether nobody is counted and it is not quiet.
  bool idle() const {
    const std::uint16_t word = word_.load(std::memory_order_relaxed);
    return word < kOne && word != kQuiet;
  }

  // Counts the calling thread, and ends the quiet. True if a barrier has been
  // passed since it was quiet for the last time, or it never was: then every
  // release from now on is exact, or is visible to the caller. False: the
  // caller passes a barrier and calls fenced(), or is one that needs none.
  bool enter() {
    std::uint16_t word = word_.load(std::memory_order_relaxed);
    for (;;) {
      // acquire: pairs with the release in fenced(), so that the caller sees
      // every store that the other one's barrier has made visible.
      if (word_.compare_exchange_weak(word, entered(word),
                                      std::memory_order_acquire,
                                      std::memory_order_relaxed)) {
        return (word & (kQuiet | kUnfenced)) == 0;
      }
    }
  }

  // By a thread that is counted, after its barrier.
  void fenced() {
    std::uint16_t word = word_.load(std::memory_order_relaxed);
    while ((word & kUnfenced) != 0 &&
           !word_.compare_exchange_weak(
               word, static_cast<std::uint16_t>(word & ~kUnfenced),
               std::memory_order_release, std::memory_order_relaxed)) {
    }
  }

  // Undoes enter().
  void leave() {
    std::uint16_t word = word_.load(std::memory_order_relaxed);
    while (word >= kOne && word < kMost &&
           !word_.compare_exchange_weak(
               word, static_cast<std::uint16_t>(word - kOne),
               std::memory_order_relaxed, std::memory_order_relaxed)) {
    }
  }

  // False if somebody is counted.
  bool become_quiet() {
    std::uint16_t word = word_.load(std::memory_order_relaxed);
    return word < kOne && word_.compare_exchange_strong(
                              word, kQuiet, std::memory_order_relaxed);
  }

  // Ends the quiet for good, without a barrier: there is none any more.
  void end_quiet() {
    std::uint16_t word = kQuiet;
    word_.compare_exchange_strong(word, kUnfenced, std::memory_order_relaxed);
  }

 private:
  // kQuiet     alone in the word. Set by become_quiet().
  // kUnfenced  it was quiet, and nobody has passed a barrier since.
  // kOne * n   n threads are counted; at kMost the count sticks.
  static constexpr std::uint16_t kQuiet = 1;
  static constexpr std::uint16_t kUnfenced = 2;
  static constexpr std::uint16_t kOne = 4;
  static constexpr std::uint16_t kMost = UINT16_MAX / kOne * kOne;

  static std::uint16_t entered(std::uint16_t word) {
    if (word == kQuiet) return kOne + kUnfenced;
    return static_cast<std::uint16_t>(word < kMost ? word + kOne : word);
  }

  typename P::template Atomic<std::uint16_t> word_{0};
};

namespace internal {

inline constexpr unsigned kSleeperSlotBits = 13;

using SleeperSlot = BasicSleeperSlot<BasePlatform>;

// 16 KiB, hardly ever written, so it is in every CPU's cache. Neighbouring
// slots share a cache line: a sleep costs microseconds, a line that a sleep
// takes away costs one miss.
struct alignas(64) SleeperTable {
  SleeperSlot slots[std::size_t{1} << kSleeperSlotBits];
};

extern SleeperTable sleeper_table;

// Words of one cache line share a slot; they share the line's fate anyway. The
// topmost bits of the product depend on all of the address: shards, slots of
// a pool and other objects that are a power of two apart meet different slots.
// A product alone would be regular: objects at one certain distance would
// nearly all meet. Shift and factor are the best of a random search over
// strides of powers of two and of usual sizes: of 1000 words in a row, or of
// every other one of 2000, at most 150 share a slot with one of the 1000 others
// (tests/unit/wait/sleepers_test.cc), of random ones 115.
inline std::size_t sleeper_slot_index(const void* word) noexcept {
  constexpr unsigned kLineBits = 6;
  std::uint64_t line = reinterpret_cast<std::uintptr_t>(word) >> kLineBits;
  line ^= line >> 3;
  return static_cast<std::size_t>(line * 0x05a58a1525c0653f >>
                                  (64 - kSleeperSlotBits));
}

inline SleeperSlot& sleeper_slot(const void* word) noexcept {
  return sleeper_table.slots[sleeper_slot_index(word)];
}

// Whether slots may become quiet. Decided when the library is loaded, as long
// as the process has one thread: the system is slow to prepare a barrier for
// one that has more, and nobody's first sleep should pay for that. False as
// well after PARKWAY_BARRIER=off in the environment, in builds with
// --//bazel:barrier=off, and from the first barrier that failed.
extern std::atomic<bool> barrier_works;

// What a barrier takes the caller here, smoothed, in nanoseconds; 0: none was
// made. Grows with the CPUs that run threads of the process, as the interrupts
// do that it makes on them. Tests may set it.
extern std::atomic<std::uint32_t> barrier_ns;

// For how long a slot stays as it is after its last sleeper has left: as long
// as so many barriers take. That is 5 ms on two virtual CPUs, where one takes
// 10 us. With 20 ms a lock that seldom sleeps spent its life with exact unlocks
// (docs/notes/waiting.md, "Eras of 20 ms").
inline constexpr std::uint32_t kLeastEraMs = 1;
inline constexpr std::uint32_t kMostEraMs = 20;
inline constexpr std::uint32_t kBarriersPerEra = 500;

// The calling thread leaves the slot.
void leave_sleeper_slot(const void* word) noexcept;

// Makes the slot quiet if its last sleeper left some time ago. In one process
// no more slots that had sleepers become so than one in a millisecond, in the
// long run: there are no more barriers than that.
PARKWAY_COLD void calm_sleeper_slot(const void* word) noexcept;

// A barrier for `word`, whose slot the calling thread has entered. False if
// there is none; then no slot is quiet from now on, but a release that had
// begun before may still be on its way.
PARKWAY_COLD bool fence_sleeper_slot(const void* word) noexcept;

}  // namespace internal
}  // namespace parkway

#endif  // PARKWAY_WAIT_SLEEPERS_H_
