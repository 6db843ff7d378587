// SPDX-License-Identifier: Apache-2.0

// A word with the number of readers, which is waited for with pauses and
// yields: tbb::spin_rw_mutex. A writer that waits says so, and keeps new
// readers out. oneTBB, include/oneapi/tbb/spin_rw_mutex.h.
#ifndef PARKWAY_BENCH_SCALE_PEERS_RW_SPIN_H_
#define PARKWAY_BENCH_SCALE_PEERS_RW_SPIN_H_

#include <cstdint>

#include "bench/scale/peers/peer.h"

namespace parkway_bench::scale {

class RwSpin {
 public:
  void lock() {
    for (Backoff backoff;; backoff.Wait()) {
      std::uint64_t word = word_.load();
      if ((word & (kWriter | kReaders)) == 0) {
        if (word_.compare_exchange_strong(word, kWriter)) return;
        backoff = {};
      } else if ((word & kPending) == 0) {
        word_.fetch_or(kPending);
      }
    }
  }
  void unlock() { word_.fetch_and(kReaders); }

  void lock_shared() {
    for (Backoff backoff;; backoff.Wait()) {
      if ((word_.load() & (kWriter | kPending)) != 0) continue;
      if ((word_.fetch_add(kReader) & kWriter) == 0) return;
      word_.fetch_sub(kReader);
    }
  }
  void unlock_shared() { word_.fetch_sub(kReader); }

 private:
  static constexpr std::uint64_t kWriter = 1;
  static constexpr std::uint64_t kPending = 2;
  static constexpr std::uint64_t kReader = 4;
  static constexpr std::uint64_t kReaders = ~std::uint64_t{3};

  Atomic<std::uint64_t> word_{0};
};

}  // namespace parkway_bench::scale

#endif  // PARKWAY_BENCH_SCALE_PEERS_RW_SPIN_H_
