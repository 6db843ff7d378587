// SPDX-License-Identifier: Apache-2.0

// When slots of parkway/wait/sleepers.h become quiet, and what ends that.
// Included by sleepers.cc and by bench/scale, by no header.
#ifndef PARKWAY_WAIT_SLEEPERS_SLOW_H_
#define PARKWAY_WAIT_SLEEPERS_SLOW_H_

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "parkway/wait/sleepers.h"

namespace parkway::internal {

// E has, as static members
//   slot(word), left(word)   the slot of the word at that address, and when its
//                            last sleeper left, in milliseconds; 0: there was
//                            none. Not beside the counts: unlocks look at those
//                            alone.
//   calmed()                 up to which time, in milliseconds, slots that had
//                            sleepers have used up their right to become quiet:
//                            one for each
//   barrier_ns()             see sleepers.h
//   barrier()                a BasicSharedBarrier
//   now(), coarse_now()      the system's
// All words are P::Atomic.
template <class E>
class SleeperEras {
 public:
  static void leave(const void* word) {
    // First: whoever makes the slot quiet must see when it was left.
    E::left(word).store(stamp(now_ms()), std::memory_order_relaxed);
    E::slot(word).leave();
  }

  static void calm(const void* word) {
    // relaxed, all: times are hints, and the slot's own word decides.
    const std::uint32_t left = E::left(word).load(std::memory_order_relaxed);
    if (left != 0) {
      const std::int64_t now = now_ms();
      if (stamp(now) - left < era_ms() || !may_calm(now)) return;
    }
    E::slot(word).become_quiet();
  }

  // False if there is no barrier.
  static bool fence(const void* word) {
    const std::int64_t start = E::now();
    if (!E::barrier().pass(patience_ns())) return false;
    barrier_took(E::now() - start);
    E::slot(word).fenced();
    return true;
  }

 private:
  // For another thread's barrier: as long as some of them take.
  static std::int64_t patience_ns() {
    constexpr std::int64_t kLeast = 100000;
    return std::max<std::int64_t>(
        kLeast,
        std::int64_t{8} * E::barrier_ns().load(std::memory_order_relaxed));
  }

  static std::int64_t now_ms() { return E::coarse_now() / 1000000; }

  // For left(); never 0.
  static std::uint32_t stamp(std::int64_t ms) {
    return static_cast<std::uint32_t>(ms) | 1;
  }

  static std::int64_t era_ms() {
    // relaxed: a hint.
    const std::uint64_t era_ns =
        std::uint64_t{E::barrier_ns().load(std::memory_order_relaxed)} *
        kBarriersPerEra;
    if (era_ns == 0) return kMostEraMs;
    return std::clamp<std::int64_t>(static_cast<std::int64_t>(era_ns / 1000000),
                                    kLeastEraMs, kMostEraMs);
  }

  // A barrier took so long. One thread may have lost its CPU meanwhile: each
  // counts for an eighth, and none for more than the longest era.
  static void barrier_took(std::int64_t ns) {
    constexpr std::int64_t kMostNs = kMostEraMs * 1000000 / kBarriersPerEra;
    const std::int64_t took = std::clamp<std::int64_t>(ns, 1, kMostNs);
    // relaxed: of two that learn at once one may be lost.
    const std::int64_t known = E::barrier_ns().load(std::memory_order_relaxed);
    E::barrier_ns().store(static_cast<std::uint32_t>(
                              known == 0 ? took : known + (took - known) / 8),
                          std::memory_order_relaxed);
  }

  // Whether one more may become quiet. What was not used is kept, up to
  // a limit: so a thousand sleepers that leave together do not leave a slow
  // place for long.
  static bool may_calm(std::int64_t now) {
    constexpr std::int64_t kMostKept = 1024;
    // relaxed: it is only counted.
    std::int64_t used = E::calmed().load(std::memory_order_relaxed);
    while (used < now) {
      if (E::calmed().compare_exchange_weak(used,
                                            std::max(used, now - kMostKept) + 1,
                                            std::memory_order_relaxed)) {
        return true;
      }
    }
    return false;
  }
};

}  // namespace parkway::internal

#endif  // PARKWAY_WAIT_SLEEPERS_SLOW_H_
