// SPDX-License-Identifier: Apache-2.0

// Go's lock since 1.24: "spinbit". Of those that wait only the one that has the
// spin bit looks at the word; the others sleep. Rhys Hiltner, "runtime: improve
// scaling of lock2", https://github.com/golang/go/issues/68578, and
// runtime/lock_spinbit.go: a byte of flags that lock and unlock exchange,
// a stack of sleepers in the rest of the word, a wake only where nobody spins,
// and one time in 16 for the one at the bottom of the stack.
#ifndef PARKWAY_BENCH_SCALE_PEERS_SPINBIT_H_
#define PARKWAY_BENCH_SCALE_PEERS_SPINBIT_H_

#include <cstdint>

#include "bench/scale/peers/peer.h"
#include "bench/scale/random.h"

namespace parkway_bench::scale {

class Spinbit {
 public:
  void lock() {
    const std::uint64_t before = ExchangeFlags(kLocked);
    if ((before & kLocked) == 0) {
      if ((before & kSleeping) != 0) word_.fetch_or(kSleeping);
      return;
    }
    Waiter& own = World::Get().Own<Waiter>();
    bool spins = false;
    bool at_tail = false;
    std::uint64_t word = word_.load();
    for (int i = 0;; ++i) {
      if ((word & kLocked) == 0) {
        if (Take(word, spins)) return;
      } else {
        // Who fails goes on with the old word: it may push itself only where
        // it has seen the lock held.
        std::uint64_t expected = word;
        if (!spins && (word & kSpinning) == 0 &&
            word_.compare_exchange_weak(expected, word | kSpinning)) {
          word |= kSpinning;
          spins = true;
        }
        if ((spins || at_tail) && i < kActive) {
          Pause(kPauses);
        } else if ((spins || at_tail) && i < kActive + kPassive) {
          Yield();
        } else if (Push(&own, word, spins)) {
          own.Acquire();
          spins = false;
          at_tail = static_cast<Waiter*>(own.next) == nullptr;
          i = 0;
        }
      }
      word = word_.load();
    }
  }

  void unlock() {
    if ((ExchangeFlags(0) & kSleeping) != 0) WakeOne();
  }

 private:
  static constexpr std::uint64_t kLocked = 1;
  static constexpr std::uint64_t kSleeping = 2;
  static constexpr std::uint64_t kFlags = 0xf;  // exchanged as one
  static constexpr std::uint64_t kSpinning = 0x10;
  static constexpr std::uint64_t kStackLocked = 0x20;
  static constexpr std::uint64_t kAll = 0x3f;
  static constexpr int kActive = 4;
  static constexpr int kPauses = 30;
  static constexpr int kPassive = 1;
  static constexpr std::uint64_t kTailWakePeriod = 16;

  struct alignas(64) Waiter {
    void Acquire() {
      while (semaphore.load() == 0) Sleep(semaphore, 0);
      semaphore.fetch_sub(1);
    }
    void Release() {
      semaphore.fetch_add(1);
      Wake(semaphore);
    }

    Plain<Waiter*> next{nullptr};
    Atomic<std::uint32_t> semaphore{0};
    Random random{static_cast<std::uint64_t>(World::Get().thread_index())};
  };

  static Waiter* Top(std::uint64_t word) {
    return reinterpret_cast<Waiter*>(word & ~kAll);
  }
  static std::uint64_t Bits(Waiter* waiter) {
    return reinterpret_cast<std::uint64_t>(waiter);
  }

  std::uint64_t ExchangeFlags(std::uint64_t flags) {
    return word_.change(
        [flags](std::uint64_t word) { return (word & ~kFlags) | flags; });
  }
  bool Take(std::uint64_t word, bool spins) {
    if (!spins) return (ExchangeFlags(kLocked | kSleeping) & kLocked) == 0;
    const std::uint64_t sleeping = Top(word) != nullptr ? kSleeping : 0;
    const std::uint64_t taken =
        (word & ~(kSpinning | kSleeping)) | sleeping | kLocked;
    return word_.compare_exchange_weak(word, taken);
  }
  // Onto the stack. Who spun lets somebody else.
  bool Push(Waiter* own, std::uint64_t word, bool spins) {
    own->next = Top(word);
    const std::uint64_t flags = word & kAll & ~(spins ? kSpinning : 0);
    return word_.compare_exchange_weak(word, Bits(own) | flags | kSleeping);
  }

  void WakeOne() {
    Waiter& own = World::Get().Own<Waiter>();
    const bool oldest = own.random.Below(kTailWakePeriod) == 0;
    std::uint64_t word = word_.load();
    if (!oldest && (word & kSpinning) != 0) return;
    do {
      if (Top(word) == nullptr || (word & kStackLocked) != 0) return;
    } while (!word_.compare_exchange_weak(word, word | kStackLocked));
    word |= kStackLocked;
    Waiter* woken = nullptr;  // for good, once one inside the stack is chosen
    bool inside = false;
    for (;;) {
      Waiter* const top = Top(word);
      Waiter* left = top;
      if (!inside) {
        woken = (word & kSpinning) == 0 ? top : nullptr;
        if (oldest) {
          woken = TakeBottom(top);
          inside = woken != top;
        }
      }
      if (woken == top) left = top->next;
      const std::uint64_t flags = word & kAll & ~kStackLocked;
      if (word_.compare_exchange_weak(word, Bits(left) | flags)) break;
    }
    if (woken != nullptr) woken->Release();
  }
  // Unlinks it unless it is the top.
  static Waiter* TakeBottom(Waiter* top) {
    Waiter* before = top;
    Waiter* bottom = top;
    while (Waiter* const next = bottom->next) {
      before = bottom;
      bottom = next;
    }
    if (bottom != top) before->next = nullptr;
    return bottom;
  }

  Atomic<std::uint64_t> word_{0};
};

}  // namespace parkway_bench::scale

#endif  // PARKWAY_BENCH_SCALE_PEERS_SPINBIT_H_
