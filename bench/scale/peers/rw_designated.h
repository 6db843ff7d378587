// SPDX-License-Identifier: Apache-2.0

// A reader-writer lock with a number of readers, a queue and a designated
// waker: our reading of absl::Mutex. A writer that waits keeps new readers out;
// a release wakes the first of the queue, and if that one reads all readers
// that stand behind it up to a writer. Abseil, absl/synchronization/mutex.cc;
// Mike Burrows, nsync, internal/mu.c.
#ifndef PARKWAY_BENCH_SCALE_PEERS_RW_DESIGNATED_H_
#define PARKWAY_BENCH_SCALE_PEERS_RW_DESIGNATED_H_

#include <cstdint>

#include "bench/scale/peers/peer.h"

namespace parkway_bench::scale {

class RwDesignated {
 public:
  void lock() { Lock(kWriter, kWriter | kReaders); }
  void unlock() { Unlock(kWriter); }
  void lock_shared() { Lock(kReader, kWriter | kWriterWaits); }
  void unlock_shared() { Unlock(kReader); }

 private:
  static constexpr std::uint32_t kWriter = 1;
  static constexpr std::uint32_t kQueue = 2;  // the queue's own spin lock
  static constexpr std::uint32_t kWaiting = 4;
  static constexpr std::uint32_t kDesignated = 8;
  static constexpr std::uint32_t kWriterWaits = 16;
  static constexpr std::uint32_t kReader = 32;
  static constexpr std::uint32_t kReaders = ~(kReader - 1);
  static constexpr int kSpins = 1500;

  struct alignas(64) Waiter {
    Plain<Waiter*> next{nullptr};
    Plain<bool> writes{false};
    Atomic<std::uint32_t> asleep{0};
  };

  static void Delay(int attempts) {
    if (attempts < 7) {
      Pause(1 << attempts);
    } else {
      Yield();
    }
  }

  // Adds `mine` to the word once it has none of `others`.
  void Lock(std::uint32_t mine, std::uint32_t others) {
    std::uint32_t word = word_.load();
    for (int i = 0; i < kSpins; ++i) {
      if ((word & others) == 0) {
        if (word_.compare_exchange_strong(word, word + mine)) return;
      } else {
        // Readers do not spin: they come in with others.
        if (mine == kReader || (word & kReaders) != 0) break;
        i += TheKernel().LoadWhileKept(&word_, kSpins - i - 1);
        word = word_.load();
      }
    }
    LockSlow(mine, others);
  }

  void LockSlow(std::uint32_t mine, std::uint32_t others) {
    Waiter& own = World::Get().Own<Waiter>();
    std::uint32_t clear = 0;
    for (int attempts = 0;; ++attempts) {
      std::uint32_t word = word_.load();
      if ((word & others) == 0) {
        if (word_.compare_exchange_strong(word, (word + mine) & ~clear)) return;
      } else if ((word & kQueue) == 0) {
        const std::uint32_t waits = mine == kWriter ? kWriterWaits : 0;
        if (word_.compare_exchange_strong(
                word, (word | kQueue | kWaiting | waits) & ~clear)) {
          own.writes = mine == kWriter;
          Push(&own, clear != 0);
          ReleaseQueue(0);
          while (own.asleep.load() != 0) Sleep(own.asleep, 1);
          // Who was woken is not kept out by writers that still wait.
          others &= ~kWriterWaits;
          clear = kDesignated;
          attempts = 0;
          continue;
        }
      }
      Delay(attempts);
    }
  }

  void Unlock(std::uint32_t mine) {
    for (int attempts = 0;; ++attempts) {
      std::uint32_t word = word_.load();
      const bool last = mine == kWriter || (word & kReaders) == kReader;
      if (!last || (word & kWaiting) == 0 || (word & kDesignated) != 0) {
        if (word_.compare_exchange_strong(word, word - mine)) return;
      } else if ((word & kQueue) == 0 &&
                 word_.compare_exchange_strong(
                     word, (word - mine) | kQueue | kDesignated)) {
        WakeFirst();
        return;
      }
      Delay(attempts);
    }
  }

  void WakeFirst() {
    Waiter* const first = first_;
    Waiter* last = first;
    Waiter* next = first->next;
    if (!first->writes) {
      while (next != nullptr && !next->writes) {
        last = next;
        next = last->next;
      }
    }
    first_ = next;
    bool writer_waits = false;
    for (Waiter* w = next; w != nullptr && !writer_waits; w = w->next) {
      writer_waits = w->writes;
    }
    ReleaseQueue((next == nullptr ? kWaiting : 0) |
                 (writer_waits ? 0 : kWriterWaits));
    last->next = nullptr;
    for (Waiter* w = first; w != nullptr;) {
      Waiter* const after = w->next;
      w->asleep.store(0);
      Wake(w->asleep);
      w = after;
    }
  }

  void Push(Waiter* own, bool first) {
    own->asleep.store(1, std::memory_order_relaxed);
    Waiter* const head = first_;
    if (head == nullptr) {
      own->next = nullptr;
      first_ = own;
      last_ = own;
    } else if (first) {
      own->next = head;
      first_ = own;
    } else {
      own->next = nullptr;
      last_->next = own;
      last_ = own;
    }
  }
  void ReleaseQueue(std::uint32_t also) {
    std::uint32_t word = word_.load();
    while (!word_.compare_exchange_strong(word, word & ~(kQueue | also))) {
    }
  }

  Atomic<std::uint32_t> word_{0};
  Plain<Waiter*> first_{nullptr};
  Plain<Waiter*> last_{nullptr};
};

}  // namespace parkway_bench::scale

#endif  // PARKWAY_BENCH_SCALE_PEERS_RW_DESIGNATED_H_
