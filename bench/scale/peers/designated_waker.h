// SPDX-License-Identifier: Apache-2.0

// A lock with a designated waker: spin for a while, then queue and sleep; an
// unlock wakes the first of the queue unless one that was woken is on its way.
// The writers' half of absl::Mutex, absl/synchronization/mutex.cc, which has it
// from Mike Burrows' nsync, internal/mu.c.
#ifndef PARKWAY_BENCH_SCALE_PEERS_DESIGNATED_WAKER_H_
#define PARKWAY_BENCH_SCALE_PEERS_DESIGNATED_WAKER_H_

#include <cstdint>

#include "bench/scale/peers/peer.h"

namespace parkway_bench::scale {

class DesignatedWaker {
 public:
  void lock() {
    std::uint32_t word = word_.load();
    if ((word & kLocked) == 0 &&
        word_.compare_exchange_strong(word, word | kLocked)) {
      return;
    }
    for (int i = 0; i < kSpins; ++i) {
      word = word_.load();
      if ((word & kLocked) != 0) {
        i += TheKernel().LoadWhileKept(&word_, kSpins - i - 1);
      } else if (word_.compare_exchange_strong(word, word | kLocked)) {
        return;
      }
    }
    LockSlow();
  }

  void unlock() {
    Delay delay(kAggressive);
    for (;;) {
      std::uint32_t word = word_.load();
      if ((word & (kWaiting | kDesignated)) != kWaiting) {
        if (word_.compare_exchange_strong(word, word & ~kLocked)) return;
      } else if ((word & kQueue) == 0 &&
                 word_.compare_exchange_strong(word, word | kQueue)) {
        Waiter* const first = first_;
        Waiter* const second = first->next;
        first_ = second;
        word_.store(kDesignated | (second != nullptr ? kWaiting : 0),
                    std::memory_order_release);
        if (first->wakes.fetch_add(1) == 0) Wake(first->wakes);
        return;
      }
      delay.Wait();
    }
  }

 private:
  static constexpr std::uint32_t kLocked = 1;
  static constexpr std::uint32_t kQueue = 2;  // the queue's own spin lock
  static constexpr std::uint32_t kWaiting = 4;
  static constexpr std::uint32_t kDesignated = 8;
  static constexpr int kSpins = 1500;
  static constexpr int kGentle = 250;
  static constexpr int kAggressive = 5000;

  struct alignas(64) Waiter {
    Plain<Waiter*> next{nullptr};
    Atomic<std::uint32_t> wakes{0};
  };

  // MutexDelay(): so many looks, a yield, then a sleep of 10 us.
  class Delay {
   public:
    explicit Delay(int looks) : looks_(looks) {}
    void Wait() {
      if (count_ < looks_) {
        ++count_;
      } else if (count_ == looks_) {
        Yield();
        ++count_;
      } else {
        Nap(Micros(10));
        count_ = 0;
      }
    }

   private:
    int looks_;
    int count_ = 0;
  };

  void LockSlow() {
    Waiter& own = World::Get().Own<Waiter>();
    // Whoever was woken is the designated waker no more.
    std::uint32_t clear = 0;
    Delay delay(kGentle);
    for (;;) {
      std::uint32_t word = word_.load();
      if ((word & kLocked) == 0) {
        if (word_.compare_exchange_strong(word, (word & ~clear) | kLocked)) {
          return;
        }
      } else if ((word & kQueue) == 0 &&
                 word_.compare_exchange_strong(
                     word, (word & ~clear) | kQueue | kWaiting)) {
        Push(&own);
        do {
          word = word_.load();
        } while (!word_.compare_exchange_weak(word, word & ~kQueue));
        WaitToBeWoken(own);
        clear = kDesignated;
        delay = Delay(kGentle);
      }
      delay.Wait();
    }
  }
  void Push(Waiter* own) {
    own->next = nullptr;
    if (first_ == nullptr) {
      first_ = own;
    } else {
      last_->next = own;
    }
    last_ = own;
  }
  static void WaitToBeWoken(Waiter& own) {
    for (;;) {
      std::uint32_t wakes = own.wakes.load();
      if (wakes == 0) {
        Sleep(own.wakes, 0);
      } else if (own.wakes.compare_exchange_weak(wakes, wakes - 1)) {
        return;
      }
    }
  }

  Atomic<std::uint32_t> word_{0};
  Plain<Waiter*> first_{nullptr};
  Plain<Waiter*> last_{nullptr};
};

}  // namespace parkway_bench::scale

#endif  // PARKWAY_BENCH_SCALE_PEERS_DESIGNATED_WAKER_H_
