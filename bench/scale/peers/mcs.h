// SPDX-License-Identifier: Apache-2.0

// MCS: a queue of spinners, each of which looks at a word of its own.
// Mellor-Crummey and Scott, "Algorithms for Scalable Synchronization on
// Shared-Memory Multiprocessors", TOCS 1991. It yields as tbb::queuing_mutex
// does when it has waited long, or more threads than CPUs would never end.
#ifndef PARKWAY_BENCH_SCALE_PEERS_MCS_H_
#define PARKWAY_BENCH_SCALE_PEERS_MCS_H_

#include "bench/scale/peers/peer.h"

namespace parkway_bench::scale {

class Mcs {
 public:
  void lock() {
    Node& own = World::Get().Own<Node>();
    own.next.store(nullptr, std::memory_order_relaxed);
    own.waits.store(1, std::memory_order_relaxed);
    Node* const before = tail_.exchange(&own);
    if (before == nullptr) return;
    before->next.store(&own, std::memory_order_release);
    SpinWhile(own.waits, std::uint32_t{1});
  }
  void unlock() {
    Node& own = World::Get().Own<Node>();
    Node* next = own.next.load(std::memory_order_acquire);
    if (next == nullptr) {
      Node* expected = &own;
      if (tail_.compare_exchange_strong(expected, nullptr)) return;
      SpinWhile(own.next, static_cast<Node*>(nullptr));
      next = own.next.load(std::memory_order_acquire);
    }
    next->waits.store(0, std::memory_order_release);
  }

 private:
  struct alignas(64) Node {
    Atomic<Node*> next{nullptr};
    Atomic<std::uint32_t> waits{0};
  };

  Atomic<Node*> tail_{nullptr};
};

}  // namespace parkway_bench::scale

#endif  // PARKWAY_BENCH_SCALE_PEERS_MCS_H_
