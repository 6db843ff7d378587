// SPDX-License-Identifier: Apache-2.0

// StackMagazines: one worker's stacks of one size.
#ifndef PARKWAY_STACK_STACK_MAGAZINES_H_
#define PARKWAY_STACK_STACK_MAGAZINES_H_

#include <cstdint>

#include "parkway/stack/free_stack.h"

namespace parkway {

// Two lists of at most `capacity` stacks. Stacks come from the one and go onto
// it; when it is empty or full, it changes places with the other, and only when
// that is of no use either, the depot is asked. So a worker whose need swings
// around some number goes to the depot once in `capacity` calls at most.
//
// The owner's alone, but for cached(). take() and put() contain no atomic
// read-modify-write; a stack may be put() by another worker than the one that
// took it.
//
// Algorithm: Bonwick's magazines; the 2011 Go freelist is one list without a
// bound.
template <class P>
class BasicStackMagazines {
 public:
  using Stack = FreeStack<P>;

  // Null if the first list is empty: then exchange_empty().
  Stack* take() {
    Stack* const stack = first_;
    if (stack == nullptr) return nullptr;
    first_ = stack->next;
    // relaxed: one writer; others want a statistic.
    count_.store(count_.load(std::memory_order_relaxed) - 1,
                 std::memory_order_relaxed);
    return stack;
  }

  // False if the first list is full: then exchange_full().
  bool put(Stack* stack, std::uint32_t capacity) {
    const std::uint32_t count = count_.load(std::memory_order_relaxed);
    if (count >= capacity) return false;
    stack->next = first_;
    first_ = stack;
    count_.store(count + 1, std::memory_order_relaxed);
    return true;
  }

  // The first list is empty and becomes the other. False if that one was empty
  // as well: then refill().
  bool exchange_empty() {
    if (other_ == nullptr) return false;
    first_ = other_;
    count_.store(other_count_.load(std::memory_order_relaxed),
                 std::memory_order_relaxed);
    other_ = nullptr;
    other_count_.store(0, std::memory_order_relaxed);
    return true;
  }

  // The first list is full and becomes the other; the first is empty then.
  // Returns the former other list as a batch, which is the caller's to give
  // away, or null.
  Stack* exchange_full() {
    Stack* const batch = take_list(other_, other_count_);
    other_ = first_;
    other_count_.store(count_.load(std::memory_order_relaxed),
                       std::memory_order_relaxed);
    first_ = nullptr;
    count_.store(0, std::memory_order_relaxed);
    return batch;
  }

  // Both lists are empty: takes the batch.
  void refill(Stack* batch) {
    first_ = batch;
    count_.store(batch->count, std::memory_order_relaxed);
  }

  // Gives up one list after the other, as batches; null when there is none
  // left.
  Stack* drain() {
    Stack* const batch = take_list(first_, count_);
    return batch != nullptr ? batch : take_list(other_, other_count_);
  }

  // How many there are. Any thread; a moment's truth.
  std::uint32_t cached() const {
    return count_.load(std::memory_order_relaxed) +
           other_count_.load(std::memory_order_relaxed);
  }

 private:
  using Count = typename P::template Atomic<std::uint32_t>;

  static Stack* take_list(Stack*& list, Count& count) {
    Stack* const batch = list;
    if (batch != nullptr) {
      batch->count = count.load(std::memory_order_relaxed);
      list = nullptr;
      count.store(0, std::memory_order_relaxed);
    }
    return batch;
  }

  Stack* first_ = nullptr;
  Stack* other_ = nullptr;
  Count count_{0};
  Count other_count_{0};
};

}  // namespace parkway

#endif  // PARKWAY_STACK_STACK_MAGAZINES_H_
