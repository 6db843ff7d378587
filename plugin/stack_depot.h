// StackDepot: where full magazines of stacks wait for a worker that needs one.
#ifndef PARKWAY_STACK_DEPOT_H_
#define PARKWAY_STACK_DEPOT_H_

#include <cstdint>
#include <new>

#include "parkway/futex_mutex.h"
#include "parkway/platform.h"

namespace parkway {

// What a stack holds while nobody uses it, in its topmost bytes, which its last
// user has touched. Owned by whoever owns the stack.
template <class P>
struct FreeStack {
  typename P::template Plain<FreeStack*> next{nullptr};
  // Of the first stack of a batch: the next batch, and how many stacks this
  // one has.
  typename P::template Plain<FreeStack*> next_batch{nullptr};
  typename P::template Plain<std::uint32_t> count{0};
  // Checked builds: says that the stack is free (stack_freelist.cc).
  std::uint64_t mark = 0;
};

// The stacks of one size that are in no worker's freelist and have not been
// given back to the system: batches, each a list of FreeStacks, last in, first
// out. Whole batches come and go, so that the lock is held for a few
// instructions however large they are.
//
// Orders: what was done to a stack before put() is visible after the get() that
// returns it.
//
// Algorithm: the depot of Bonwick's magazines (Vmem and magazines, 2001); Go's
// stack cache has the same two levels and moves half of a list.
template <class P>
class BasicStackDepot {
 public:
  using Stack = FreeStack<P>;

  // Takes the batch. False, and nothing done, if that would make more than
  // `limit` stacks.
  bool put(Stack* batch, std::uint32_t limit) {
    lock_.lock();
    const std::uint32_t count = batch->count;
    const bool fits = warm() + count <= limit;
    if (fits) {
      batch->next_batch = first_;
      first_ = batch;
      // relaxed, here and below: written under the lock; others want a
      // statistic.
      warm_.store(warm() + count, std::memory_order_relaxed);
    }
    lock_.unlock();
    return fits;
  }

  // A batch, or null.
  Stack* get() {
    // A stale "none" costs new memory at worst.
    if (warm() == 0) return nullptr;
    lock_.lock();
    Stack* const batch = first_;
    if (batch != nullptr) {
      first_ = batch->next_batch;
      warm_.store(warm() - batch->count, std::memory_order_relaxed);
    }
    lock_.unlock();
    return batch;
  }

  // Stacks in it.
  std::uint32_t warm() const { return warm_.load(std::memory_order_relaxed); }

  // In the child of a fork: if a thread that is not here was inside, what the
  // depot held is lost to the child.
  void recover() {
    if (lock_.try_lock()) {
      lock_.unlock();
    } else {
      new (this) BasicStackDepot;
    }
  }

 private:
  typename P::TableLock lock_;
  typename P::template Atomic<std::uint32_t> warm_{0};
  typename P::template Plain<Stack*> first_{nullptr};
};

}  // namespace parkway

#endif  // PARKWAY_STACK_DEPOT_H_
