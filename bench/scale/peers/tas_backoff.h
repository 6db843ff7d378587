// SPDX-License-Identifier: Apache-2.0

// Test-and-set with exponential back-off, which yields when it has waited long:
// tbb::spin_mutex with atomic_backoff. oneTBB, detail/_utils.h.
#ifndef PARKWAY_BENCH_SCALE_PEERS_TAS_BACKOFF_H_
#define PARKWAY_BENCH_SCALE_PEERS_TAS_BACKOFF_H_

#include "bench/scale/peers/peer.h"

namespace parkway_bench::scale {

class TasBackoff {
 public:
  void lock() {
    for (Backoff backoff; word_.exchange(1) != 0;) backoff.Wait();
  }
  void unlock() { word_.store(0, std::memory_order_release); }

 private:
  Atomic<std::uint8_t> word_{0};
};

}  // namespace parkway_bench::scale

#endif  // PARKWAY_BENCH_SCALE_PEERS_TAS_BACKOFF_H_
