// SPDX-License-Identifier: Apache-2.0

// glibc's default mutex: no spin, a word of three values.
// https://sourceware.org/git/glibc.git, nptl/lowlevellock.c.
#ifndef PARKWAY_BENCH_SCALE_PEERS_GLIBC_MUTEX_H_
#define PARKWAY_BENCH_SCALE_PEERS_GLIBC_MUTEX_H_

#include "bench/scale/peers/peer.h"

namespace parkway_bench::scale {

class GlibcMutex {
 public:
  void lock() {
    std::uint32_t expected = 0;
    if (!word_.compare_exchange_strong(expected, 1)) {
      if (word_.load() == 2) Sleep(word_, 2);
      while (word_.exchange(2) != 0) Sleep(word_, 2);
    }
    // Owner and kind stand beside it.
    owner_.store(1, std::memory_order_relaxed);
  }
  void unlock() {
    owner_.store(0, std::memory_order_relaxed);
    if (word_.exchange(0) == 2) Wake(word_);
  }

 private:
  Atomic<std::uint32_t> word_{0};
  Atomic<std::uint32_t> owner_{0};
};

}  // namespace parkway_bench::scale

#endif  // PARKWAY_BENCH_SCALE_PEERS_GLIBC_MUTEX_H_
