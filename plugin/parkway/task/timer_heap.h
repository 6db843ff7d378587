// SPDX-License-Identifier: Apache-2.0

// A heap of deadlines whose nodes are their owners' memory.
#ifndef PARKWAY_TASK_TIMER_HEAP_H_
#define PARKWAY_TASK_TIMER_HEAP_H_

#include <cstdint>

#include "parkway/os/language.h"

namespace parkway {

// One deadline, in at most one heap. Guarded by whatever guards the heap.
struct TimerNode {
  std::int64_t deadline = 0;
  bool in_heap = false;
  // Whose heap that is: parkway/os/fork_generation.h. For its users.
  std::uint32_t process = 0;

  // The heap's. A node heads the list of its children, linked by `next`; `prev`
  // is the sibling before it or, of the first, the parent.
  TimerNode* child = nullptr;
  TimerNode* next = nullptr;
  TimerNode* prev = nullptr;
};

// The earliest first, in no order among equals. Allocates nothing. push() takes
// constant time, a removal logarithmic time on average.
//
// A pairing heap (Fredman, Sedgewick, Sleator, Tarjan: "The pairing heap",
// 1986).
class TimerHeap {
 public:
  // Null if there is none.
  TimerNode* first() const { return root_; }

  void push(TimerNode& node) {
    node.in_heap = true;
    node.child = node.next = node.prev = nullptr;
    root_ = root_ == nullptr ? &node : meld(root_, &node);
  }

  // `node` must be in this heap.
  void remove(TimerNode& node) {
    TimerNode* const orphans = merge_pairs(node.child);
    if (&node == root_) {
      root_ = orphans;
    } else {
      (node.prev->child == &node ? node.prev->child : node.prev->next) =
          node.next;
      if (node.next != nullptr) node.next->prev = node.prev;
      if (orphans != nullptr) root_ = meld(root_, orphans);
    }
    node.in_heap = false;
  }

 private:
  // Of two roots, one.
  static TimerNode* meld(TimerNode* a, TimerNode* b) {
    if (b->deadline < a->deadline) {
      TimerNode* const first = b;
      b = a;
      a = first;
    }
    b->prev = a;
    b->next = a->child;
    if (b->next != nullptr) b->next->prev = b;
    a->child = b;
    return a;
  }

  // Of a list of siblings, one root or null: pairs from the left, then their
  // winners from the right.
  static TimerNode* merge_pairs(TimerNode* list) {
    TimerNode* winners = nullptr;
    while (list != nullptr) {
      TimerNode* const a = list;
      TimerNode* const b = a->next;
      list = b != nullptr ? b->next : nullptr;
      a->next = a->prev = nullptr;
      TimerNode* winner = a;
      if (b != nullptr) {
        b->next = b->prev = nullptr;
        winner = meld(a, b);
      }
      winner->next = winners;
      winners = winner;
    }
    TimerNode* root = nullptr;
    while (winners != nullptr) {
      TimerNode* const winner = winners;
      winners = winner->next;
      winner->next = nullptr;
      root = root == nullptr ? winner : meld(root, winner);
    }
    return root;
  }

  TimerNode* root_ = nullptr;
};

}  // namespace parkway

#endif  // PARKWAY_TASK_TIMER_HEAP_H_
