// SPDX-License-Identifier: Apache-2.0

// glibc's rwlock as it is by default, which prefers readers: a word with the
// number of readers and whose phase it is, and two futexes.
// https://sourceware.org/git/glibc.git, nptl/pthread_rwlock_common.c.
#ifndef PARKWAY_BENCH_SCALE_PEERS_RW_GLIBC_H_
#define PARKWAY_BENCH_SCALE_PEERS_RW_GLIBC_H_

#include <cstdint>

#include "bench/scale/peers/peer.h"

namespace parkway_bench::scale {

class RwGlibc {
 public:
  void lock_shared() {
    std::uint32_t word = word_.fetch_add(kReader) + kReader;
    if ((word & kWritePhase) == 0) return;
    // Nobody writes: the first reader starts the phase.
    while ((word & kWritePhase) != 0 && (word & kWriter) == 0) {
      if (word_.compare_exchange_weak(word, word ^ kWritePhase)) {
        SetPhase(0);
        return;
      }
    }
    while ((word & kWritePhase) != 0) {
      WaitWhilePhase(1);
      word = word_.load();
    }
  }

  void unlock_shared() {
    std::uint32_t word = word_.load(std::memory_order_relaxed);
    std::uint32_t left = 0;
    do {
      left = word - kReader;
      if (left / kReader == 0 && (left & kWriter) != 0) left |= kWritePhase;
    } while (!word_.compare_exchange_weak(word, left));
    // To the writer that waits.
    if (left / kReader == 0 && (left & kWriter) != 0) SetPhase(1);
  }

  void lock() {
    std::uint32_t word = word_.fetch_or(kWriter);
    // Others may sleep where it slept.
    std::uint32_t sleepers = 0;
    if ((word & kWriter) != 0) word = LockAfterWriter(&sleepers);
    // The writer of now: it waits for readers, if there are any.
    writer_.store(1 | sleepers, std::memory_order_relaxed);
    word |= kWriter;
    while ((word & kWritePhase) == 0) {
      if (word / kReader == 0) {
        if (word_.compare_exchange_weak(word, word | kWritePhase)) {
          phase_.store(1, std::memory_order_relaxed);
          break;
        }
      } else {
        WaitWhilePhase(0);
        word = word_.load();
      }
    }
    owner_.store(1, std::memory_order_relaxed);
  }

  void unlock() {
    owner_.store(0, std::memory_order_relaxed);
    const bool writers = (writer_.exchange(0) & kSleepers) != 0;
    std::uint32_t word = word_.load(std::memory_order_relaxed);
    bool readers = false;
    do {
      readers = word / kReader != 0;
    } while (!word_.compare_exchange_weak(
        word, (word ^ kWriter) ^ (readers ? kWritePhase : 0)));
    if (readers) SetPhase(0);
    if (writers) Wake(writer_);
  }

 private:
  static constexpr std::uint32_t kWritePhase = 1;
  static constexpr std::uint32_t kWriter = 2;
  static constexpr std::uint32_t kReader = 8;
  static constexpr std::uint32_t kSleepers = 2;  // of a futex

  // Returns the word as it was before.
  std::uint32_t LockAfterWriter(std::uint32_t* sleepers) {
    constexpr std::uint32_t kSleptOn = 1 | kSleepers;
    for (;;) {
      std::uint32_t word = word_.load();
      while ((word & kWriter) == 0) {
        if (word_.compare_exchange_weak(word, word | kWriter)) return word;
      }
      std::uint32_t writer = writer_.load(std::memory_order_relaxed);
      // 0: there is none just now.
      if (writer == kSleptOn ||
          (writer == 1 && writer_.compare_exchange_strong(writer, kSleptOn))) {
        Sleep(writer_, kSleptOn);
        *sleepers = kSleepers;
      }
    }
  }

  void WaitWhilePhase(std::uint32_t phase) {
    std::uint32_t found = phase_.load(std::memory_order_relaxed);
    while ((found | kSleepers) == (phase | kSleepers)) {
      if (found == (phase | kSleepers) ||
          phase_.compare_exchange_weak(found, phase | kSleepers)) {
        Sleep(phase_, phase | kSleepers);
        found = phase_.load();
      }
    }
  }
  void SetPhase(std::uint32_t phase) {
    if ((phase_.exchange(phase) & kSleepers) != 0) Wake(phase_, UINT32_MAX);
  }

  Atomic<std::uint32_t> word_{0};
  Atomic<std::uint32_t> phase_{0};  // 1: the writer's
  Atomic<std::uint32_t> writer_{0};
  Atomic<std::uint32_t> owner_{0};
};

}  // namespace parkway_bench::scale

#endif  // PARKWAY_BENCH_SCALE_PEERS_RW_GLIBC_H_
