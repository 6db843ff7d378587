// SPDX-License-Identifier: Apache-2.0

// StackDepot: where full magazines of stacks wait for a worker that needs one.
#ifndef PARKWAY_STACK_STACK_DEPOT_H_
#define PARKWAY_STACK_STACK_DEPOT_H_

#include <atomic>
#include <cstdint>

#include "parkway/os/compiler.h"
#include "parkway/stack/free_stack.h"

namespace parkway {

// The stacks of one size that are in no worker's freelist and have not been
// given back to the system: batches, each a list of FreeStacks, last in, first
// out. Whole batches come and go, so that the lock is held for a few
// instructions however large they are.
//
// Two lists: of stacks that have all the memory that they had (whole), and of
// those whose owner has given the system what is not in their warm part. The
// whole ones go first.
//
// Orders: what was done to a stack before put() is visible after the get() that
// returns it.
//
// In the child of a fork it has what it had in the parent, but for a batch that
// another thread was about to put or to get.
//
// Algorithm: the depot of Bonwick's magazines (Vmem and magazines, 2001); Go's
// stack cache has the same two levels and moves half of a list.
template <class P>
class BasicStackDepot {
 public:
  using Stack = FreeStack<P>;

  // Take the batch as one of the whole, or of the warm ones. False, and nothing
  // done, if that would make more than `limit` stacks of that kind.
  bool put_whole(Stack* batch, std::uint32_t limit) {
    return put(whole_, batch, limit);
  }
  bool put_warm(Stack* batch, std::uint32_t limit) {
    return put(warm_, batch, limit);
  }

  // A batch, or null.
  Stack* get() {
    // A stale "none" costs new memory at worst.
    if (stacks() == 0) return nullptr;
    if (PARKWAY_UNLIKELY(lock_.lock())) recount();
    List& from = whole_.first != nullptr ? whole_ : warm_;
    Stack* const batch = from.first;
    if (batch != nullptr) {
      from.first = batch->next_batch;
      from.set(from.stacks() - batch->count);
    }
    lock_.unlock();
    return batch;
  }

  // In it, of each kind and of both.
  std::uint32_t whole() const { return whole_.stacks(); }
  std::uint32_t warm() const { return warm_.stacks(); }
  std::uint32_t stacks() const { return whole() + warm(); }

 private:
  struct List {
    // relaxed: written under the lock; others want a statistic.
    std::uint32_t stacks() const {
      return count.load(std::memory_order_relaxed);
    }
    void set(std::uint32_t stacks) {
      count.store(stacks, std::memory_order_relaxed);
    }
    void recount() {
      std::uint32_t stacks = 0;
      for (Stack* batch = first; batch != nullptr; batch = batch->next_batch) {
        stacks += batch->count;
      }
      set(stacks);
    }

    typename P::template Atomic<std::uint32_t> count{0};
    typename P::template Plain<Stack*> first{nullptr};
  };

  // By the first that has the lock in the child of a fork. The lists are whole
  // at every moment, the counts may be those of the one before.
  void recount() {
    whole_.recount();
    warm_.recount();
  }

  bool put(List& list, Stack* batch, std::uint32_t limit) {
    // A stale "full" is as good as a true one.
    if (list.stacks() + batch->count > limit) return false;
    if (PARKWAY_UNLIKELY(lock_.lock())) recount();
    const std::uint32_t stacks = list.stacks() + batch->count;
    const bool fits = stacks <= limit;
    if (fits) {
      batch->next_batch = list.first;
      std::atomic_signal_fence(std::memory_order_release);
      list.first = batch;
      list.set(stacks);
    }
    lock_.unlock();
    return fits;
  }

  typename P::TableLock lock_;
  List whole_;
  List warm_;
};

}  // namespace parkway

#endif  // PARKWAY_STACK_STACK_DEPOT_H_
