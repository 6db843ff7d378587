// SPDX-License-Identifier: Apache-2.0

// tbb::mutex: look first, take by an exchange; wait by pauses, then yields,
// then asleep in a list for the address. Both halves of an unlock are full
// fences. oneTBB, include/oneapi/tbb/mutex.h, detail/_waitable_atomic.h,
// src/tbb/concurrent_monitor.h.
#ifndef PARKWAY_BENCH_SCALE_PEERS_TBB_MUTEX_H_
#define PARKWAY_BENCH_SCALE_PEERS_TBB_MUTEX_H_

#include <cstdint>

#include "bench/scale/peers/peer.h"
#include "bench/scale/peers/tas_backoff.h"

namespace parkway_bench::scale {

class TbbMutex {
 public:
  void lock() {
    while (!TryLock()) {
      if (!SpinUntilFree()) SleepUntilFree();
    }
  }
  void unlock() {
    flag_.exchange(0);
    if (monitor_.first == nullptr) return;
    monitor_.lock.lock();
    Waiter* const first = monitor_.first;
    if (first != nullptr) monitor_.first = first->next;
    monitor_.lock.unlock();
    if (first == nullptr) return;
    first->asleep.exchange(0);
    Wake(first->asleep);
  }

 private:
  static constexpr int kMostPauses = 16;
  static constexpr int kYields = 32;

  struct alignas(64) Waiter {
    Plain<Waiter*> next{nullptr};
    Atomic<std::uint32_t> asleep{0};
  };

  bool IsFree() { return flag_.load(std::memory_order_relaxed) == 0; }
  bool TryLock() { return IsFree() && flag_.exchange(1) == 0; }

  bool SpinUntilFree() {
    if (IsFree()) return true;
    for (int pauses = 1; pauses <= kMostPauses; pauses *= 2) {
      Pause(pauses);
      if (IsFree()) return true;
    }
    for (int i = 0; i < kYields; ++i) {
      Yield();
      if (IsFree()) return true;
    }
    return false;
  }

  void SleepUntilFree() {
    Waiter& own = World::Get().Own<Waiter>();
    monitor_.lock.lock();
    own.asleep.store(1, std::memory_order_relaxed);
    own.next = static_cast<Waiter*>(monitor_.first);
    monitor_.first = &own;
    monitor_.lock.unlock();
    if (IsFree() && Remove(&own)) return;
    while (own.asleep.load() != 0) Sleep(own.asleep, 1);
  }

  // False: an unlock was faster.
  bool Remove(Waiter* own) {
    monitor_.lock.lock();
    Waiter* before = nullptr;
    Waiter* found = monitor_.first;
    while (found != nullptr && found != own) {
      before = found;
      found = found->next;
    }
    if (found != nullptr) {
      (before == nullptr ? monitor_.first : before->next) =
          static_cast<Waiter*>(found->next);
    }
    monitor_.lock.unlock();
    return found != nullptr;
  }

  // In a table of the library's, for the address.
  struct Monitor {
    Plain<Waiter*> first{nullptr};
    TasBackoff lock;
  };

  Atomic<std::uint8_t> flag_{0};
  Monitor& monitor_ = *World::Get().Make<Monitor>();
};

}  // namespace parkway_bench::scale

#endif  // PARKWAY_BENCH_SCALE_PEERS_TBB_MUTEX_H_
