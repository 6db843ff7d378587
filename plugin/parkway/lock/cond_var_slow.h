// SPDX-License-Identifier: Apache-2.0

// The cold half of BasicCondVar. Included by cond_var.cc, the model checker
// and the fault tests, by no header.
#ifndef PARKWAY_LOCK_COND_VAR_SLOW_H_
#define PARKWAY_LOCK_COND_VAR_SLOW_H_

#include "parkway/lock/cond_var.h"

namespace parkway {

// Returns the youngest waiter or null; the caller owns the list.
template <class P>
typename BasicCondVar<P>::Node* BasicCondVar<P>::lock_list() {
  for (;;) {
    std::uintptr_t word = word_.load(std::memory_order_relaxed);
    // acquire: pairs with the release in unlock_list().
    if ((word & kLocked) == 0 &&
        word_.compare_exchange_weak(word, word | kLocked,
                                    std::memory_order_acquire)) {
      return reinterpret_cast<Node*>(word);
    }
    // Held for a few instructions; if the holder was preempted, let it run.
    if (!internal::spin<P>([this] {
          return (word_.load(std::memory_order_relaxed) & kLocked) == 0;
        })) {
      P::yield();
    }
  }
}

template <class P>
void BasicCondVar<P>::unlock_list(Node* youngest) {
  // release: pairs with the acquire in lock_list().
  word_.store(reinterpret_cast<std::uintptr_t>(youngest),
              std::memory_order_release);
}

template <class P>
void BasicCondVar<P>::enqueue(Node* node) {
  Node* const youngest = lock_list();
  if (youngest == nullptr) {
    node->next = node;
  } else {
    node->next = static_cast<Node*>(youngest->next);
    youngest->next = node;
  }
  unlock_list(node);
}

// A waiter whose time is up. True if it took itself off the list; false if a
// notify had done so, whose wakeup it then consumes.
template <class P>
bool BasicCondVar<P>::leave(Node* node) {
  Node* youngest = lock_list();
  bool found = false;
  if (youngest != nullptr) {
    Node* before = youngest;
    do {
      Node* const w = before->next;
      if (w == node) {
        found = true;
        break;
      }
      before = w;
    } while (before != youngest);
    if (found) {
      if (before == node) {
        youngest = nullptr;
      } else {
        before->next = static_cast<Node*>(node->next);
        if (youngest == node) youngest = before;
      }
    }
  }
  unlock_list(youngest);
  if (!found) node->semaphore.sleep(os::kForever);
  return found;
}

template <class P>
[[gnu::noinline]] void BasicCondVar<P>::notify_slow(std::uint32_t count) {
  Node* youngest = lock_list();
  if (youngest == nullptr) {
    unlock_list(nullptr);
    return;
  }
  // Cut the `count` oldest waiters off as a chain that ends in null.
  Node* const oldest = youngest->next;
  Node* last = oldest;
  while (--count > 0 && last != youngest) last = last->next;
  if (last == youngest) {
    youngest = nullptr;
  } else {
    youngest->next = static_cast<Node*>(last->next);
  }
  last->next = nullptr;
  unlock_list(youngest);
  for (Node* node = oldest; node != nullptr;) {
    // The wakeup ends the node's life.
    Node* const next = node->next;
    node->semaphore.wakeup();
    node = next;
  }
}

}  // namespace parkway

#endif  // PARKWAY_LOCK_COND_VAR_SLOW_H_
