// SPDX-License-Identifier: Apache-2.0

// The futex lock of Go's runtime since 2011: four spins of 30 pauses, one
// yield, then sleep. https://go.dev/src/runtime/lock_futex.go (Go 1.0 to 1.23).
#ifndef PARKWAY_BENCH_SCALE_PEERS_FUTEX2011_H_
#define PARKWAY_BENCH_SCALE_PEERS_FUTEX2011_H_

#include "bench/scale/peers/peer.h"

namespace parkway_bench::scale {

class Futex2011 {
 public:
  void lock() {
    std::uint32_t mine = word_.exchange(kLocked);
    if (mine == kUnlocked) return;
    for (;;) {
      for (int i = 0; i < kSpins; ++i) {
        if (TakeWhileFree(mine)) return;
        Pause(kPauses);
      }
      if (TakeWhileFree(mine)) return;
      Yield();
      if (TakeWhileFree(mine)) return;
      if (word_.exchange(kSleeping) == kUnlocked) return;
      mine = kSleeping;
      Sleep(word_, kSleeping);
    }
  }
  void unlock() {
    if (word_.exchange(kUnlocked) == kSleeping) Wake(word_);
  }

 private:
  static constexpr std::uint32_t kUnlocked = 0;
  static constexpr std::uint32_t kLocked = 1;
  static constexpr std::uint32_t kSleeping = 2;
  static constexpr int kSpins = 4;
  static constexpr int kPauses = 30;

  bool TakeWhileFree(std::uint32_t as) {
    while (word_.load() == kUnlocked) {
      std::uint32_t expected = kUnlocked;
      if (word_.compare_exchange_strong(expected, as)) return true;
    }
    return false;
  }

  Atomic<std::uint32_t> word_{kUnlocked};
};

}  // namespace parkway_bench::scale

#endif  // PARKWAY_BENCH_SCALE_PEERS_FUTEX2011_H_
