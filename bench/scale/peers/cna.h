// SPDX-License-Identifier: Apache-2.0

// CNA: MCS whose owner hands over to a waiter of its own socket and sets the
// others aside for a while. Dice and Kogan, "Compact NUMA-aware Locks", EuroSys
// 2019. The others come back after so many hand-overs.
#ifndef PARKWAY_BENCH_SCALE_PEERS_CNA_H_
#define PARKWAY_BENCH_SCALE_PEERS_CNA_H_

#include <cstdint>

#include "bench/scale/peers/peer.h"

namespace parkway_bench::scale {

class Cna {
 public:
  void lock() {
    Node& own = World::Get().Own<Node>();
    Kernel& kernel = TheKernel();
    own.socket = kernel.topology().socket_of(kernel.current().cpu);
    own.next.store(nullptr, std::memory_order_relaxed);
    own.waits.store(1, std::memory_order_relaxed);
    Node* const before = tail_.exchange(&own);
    if (before == nullptr) {
      local_ = 0;
      return;
    }
    before->next.store(&own, std::memory_order_release);
    SpinWhile(own.waits, std::uint32_t{1});
  }

  void unlock() {
    Node& own = World::Get().Own<Node>();
    Node* const aside = aside_;
    Node* next = own.next.load(std::memory_order_acquire);
    if (next == nullptr) {
      Node* expected = &own;
      // Those that were set aside become the queue.
      Node* last = nullptr;
      if (aside != nullptr) last = aside_last_;
      if (tail_.compare_exchange_strong(expected, last)) {
        if (aside != nullptr) HandTo(TakeAside());
        return;
      }
      while ((next = own.next.load(std::memory_order_acquire)) == nullptr) {
        Pause();
      }
    }
    if (aside != nullptr) {
      const int local = local_ + 1;
      local_ = local;
      if (local >= kLocalHandOvers) {
        HandTo(AsideBefore(next));
        return;
      }
    }
    HandTo(NextOfSocket(own.socket, next, aside));
  }

 private:
  static constexpr int kLocalHandOvers = 256;
  static constexpr int kMostLooks = 64;

  struct alignas(64) Node {
    Atomic<Node*> next{nullptr};
    Atomic<std::uint32_t> waits{0};
    Plain<int> socket{0};
  };

  static void HandTo(Node* node) {
    node->waits.store(0, std::memory_order_release);
  }
  Node* TakeAside() {
    Node* const first = aside_;
    aside_ = nullptr;
    local_ = 0;
    return first;
  }
  Node* AsideBefore(Node* next) {
    aside_last_->next.store(next, std::memory_order_relaxed);
    return TakeAside();
  }
  // The first of the socket; those before it are set aside. Whoever has the
  // lock alone has these lists.
  Node* NextOfSocket(int socket, Node* first, Node* aside) {
    Node* before = nullptr;
    Node* node = first;
    for (int i = 0; i < kMostLooks && node != nullptr; ++i) {
      if (node->socket == socket) {
        if (before != nullptr) SetAside(first, before, aside);
        return node;
      }
      before = node;
      node = node->next.load(std::memory_order_acquire);
    }
    // None: those that were set aside come first, if there are any.
    return aside == nullptr ? first : AsideBefore(first);
  }
  void SetAside(Node* first, Node* last, Node* aside) {
    last->next.store(nullptr, std::memory_order_relaxed);
    if (aside == nullptr) {
      aside_ = first;
    } else {
      aside_last_->next.store(first, std::memory_order_relaxed);
    }
    aside_last_ = last;
  }

  Atomic<Node*> tail_{nullptr};
  // Beside what the lock guards, and written by who has it.
  Plain<Node*> aside_{nullptr};
  Plain<Node*> aside_last_{nullptr};
  Plain<int> local_{0};
};

}  // namespace parkway_bench::scale

#endif  // PARKWAY_BENCH_SCALE_PEERS_CNA_H_
