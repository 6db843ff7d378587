// SPDX-License-Identifier: Apache-2.0

// Queues of waiting threads, found by the address of what they wait for.
//
// RwMutex and its condition variable keep their waiters here, so that the
// objects themselves stay one word that a plain store can release. The idea is
// WebKit's ParkingLot; the queues are different, because a waiter here may have
// a condition that its waker evaluates.
#ifndef PARKWAY_WAIT_WAIT_TABLE_H_
#define PARKWAY_WAIT_WAIT_TABLE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "parkway/base/thread_annotations.h"
#include "parkway/os/compiler.h"
#include "parkway/wait/address_hash.h"
#include "parkway/wait/rw_waiter.h"
#include "parkway/wait/wait_platform.h"

namespace parkway {

// What a queue is for: the mutex at an address, or the condition variable. Both
// are aligned, so the lowest bit tells them apart: a release of the mutex that
// comes late, when the memory has become a condition variable, must not meet
// its waiters.
inline const void* condition_key(const void* address) noexcept {
  return static_cast<const char*>(address) + 1;
}

// A mark on a key that outlives any queue.
struct KeyMark {
  const void* key;
  KeyMark* next;
};

// The queues whose keys hash to one place. Every function needs the lock.
template <class P>
class PARKWAY_CAPABILITY("mutex") WaitBucket {
 public:
  using W = RwWaiter<P>;

  // In the child of a fork nobody waits at first. Marks outlive the fork: they
  // are linked and unlinked by one store each.
  void lock() PARKWAY_ACQUIRE() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    if (PARKWAY_UNLIKELY(lock_.lock())) first_ = nullptr;
  }
  void unlock() PARKWAY_RELEASE() PARKWAY_NO_THREAD_SAFETY_ANALYSIS {
    lock_.unlock();
  }

  // The head of the queue of `key`, or null.
  W* find(const void* key) {
    W* head = first_;
    while (head != nullptr && head->queue.key != key) {
      head = head->queue.bucket_next;
    }
    return head;
  }

  // Behind those with its priority or a higher one, in front of all others;
  // whoever has no more than the last one queues behind it without a look at
  // the others. While somebody goes through the queue without the lock
  // (`passed`), only its ends may change. Then a writer may come first, and
  // nobody else: whoever goes through has chosen readers already, perhaps, and
  // looks at the front no more.
  void push(const void* key, W* waiter, bool passed) {
    W* const head = find(key);
    if (head == nullptr || waiter->priority <= head->queue.tail->priority) {
      return push_back(key, waiter);
    }
    if (passed) {
      const bool writer = !waiter->shared && waiter->unconditional();
      return writer && waiter->priority > head->priority
                 ? push_front(key, waiter)
                 : push_back(key, waiter);
    }
    W* next = head;
    // All of a run have one priority. The last one's is below this one's.
    while (next->priority >= waiter->priority) next = next->run_last->next;
    put_before(next, head, waiter);
  }

  void push_back(const void* key, W* waiter) {
    waiter->queued = true;
    waiter->next = nullptr;
    W* const head = find(key);
    if (head == nullptr) return start(key, waiter);
    auto& queue = head->queue;
    waiter->prev = queue.tail;
    queue.tail->next = waiter;
    queue.tail = waiter;
    if (equal(queue.last_run, waiter)) {
      waiter->run_last = nullptr;
      link_run(queue.last_run, waiter);
    } else {
      run_alone(waiter);
      queue.last_run = waiter;
    }
    count(queue, waiter, 1);
  }

  // The same for one that was in the queue before and waits for the mutex
  // alone: in front of all but those of a higher priority; in front of these as
  // well while the queue is passed.
  void push_again(const void* key, W* waiter, bool passed) {
    W* const head = find(key);
    if (head == nullptr || passed) return push_front(key, waiter);
    W* next = head;
    while (next != nullptr && next->priority > waiter->priority) {
      next = next->run_last->next;
    }
    next == nullptr ? push_back(key, waiter) : put_before(next, head, waiter);
  }

  void push_front(const void* key, W* waiter) {
    waiter->queued = true;
    waiter->prev = nullptr;
    W* const head = find(key);
    if (head == nullptr) return start(key, waiter);
    waiter->next = head;
    head->prev = waiter;
    // A run of its own: whoever passes over the queue without the lock relies
    // on the first run.
    run_alone(waiter);
    move_queue(head, waiter);
    count(waiter->queue, waiter, 1);
  }

  // Takes `waiter` out of the queue whose head is `head`.
  void remove(W* head, W* waiter) {
    waiter->queued = false;
    count(head->queue, waiter, -1);
    leave_run(head, waiter);
    if (waiter->next != nullptr) waiter->next->prev = waiter->prev;
    if (head->queue.tail == waiter) head->queue.tail = waiter->prev;
    if (waiter != head) {
      waiter->prev->next = waiter->next;
    } else if (waiter->next != nullptr) {
      move_queue(waiter, waiter->next);
    } else {
      W** link = link_to(waiter);
      *link = waiter->queue.bucket_next;
    }
  }

  bool marked(const void* key) { return *link_to_mark(key) != nullptr; }
  // `mark` has the key, which has no mark. There may be a million of them: in
  // lists by a second hash, from the first one on if there is memory for that.
  void add_mark(KeyMark* mark) {
    if (mark_lists_ == nullptr && marks_ == nullptr) {
      mark_lists_ = P::mark_lists();
    }
    KeyMark** const list = mark_list(mark->key);
    mark->next = *list;
    // A fork may come between: the child finds a list that is whole.
    std::atomic_signal_fence(std::memory_order_release);
    *list = mark;
  }
  // The mark that was taken out, or null.
  KeyMark* remove_mark(const void* key) {
    KeyMark** const link = link_to_mark(key);
    KeyMark* const gone = *link;
    if (gone != nullptr) *link = gone->next;
    return gone;
  }

 private:
  KeyMark** mark_list(const void* key) {
    return mark_lists_ == nullptr
               ? &marks_
               : mark_lists_ + internal::second_address_hash(key);
  }
  KeyMark** link_to_mark(const void* key) {
    KeyMark** link = mark_list(key);
    while (*link != nullptr && (*link)->key != key) link = &(*link)->next;
    return link;
  }

  static bool equal(const W* a, const W* b) {
    return a->until.eval != nullptr && b->until.eval != nullptr &&
           a->shared == b->shared && a->priority == b->priority &&
           a->until.equal == b->until.equal &&
           a->until.equal(a->until.context, b->until.context);
  }

  static void count(typename W::Queue& queue, const W* waiter, int by) {
    if (!waiter->shared && waiter->unconditional()) queue.writers += by;
    if (!waiter->unconditional()) queue.conditions += by;
  }

  // In front of `next`, the first of a run with another condition.
  void put_before(W* next, W* head, W* waiter) {
    if (next == head) return push_front(head->queue.key, waiter);
    waiter->queued = true;
    W* const run = next->prev->run_first;
    waiter->prev = next->prev;
    waiter->next = next;
    waiter->prev->next = next->prev = waiter;
    if (equal(run, waiter)) {
      waiter->run_last = nullptr;
      link_run(run, waiter);
    } else {
      run_alone(waiter);
    }
    count(head->queue, waiter, 1);
  }

  void start(const void* key, W* waiter) {
    waiter->next = waiter->prev = nullptr;
    run_alone(waiter);
    waiter->queue = {};
    waiter->queue.key = key;
    waiter->queue.tail = waiter->queue.last_run = waiter;
    waiter->queue.bucket_next = first_;
    first_ = waiter;
    count(waiter->queue, waiter, 1);
  }

  W** link_to(W* head) {
    W** link = &first_;
    while (*link != head) link = &(*link)->queue.bucket_next;
    return link;
  }

  void move_queue(W* from, W* to) {
    *link_to(from) = to;
    to->queue = from->queue;
  }

  static void run_alone(W* waiter) {
    waiter->run_last = waiter->run_first = waiter;
  }

  static void link_run(W* first, W* last) {
    first->run_last = last;
    last->run_first = first;
  }

  static void leave_run(W* head, W* waiter) {
    auto& queue = head->queue;
    W* const next = waiter->next;
    if (waiter->run_last == nullptr) {
      const bool last = next == nullptr || next->run_last != nullptr;
      if (last) link_run(waiter->run_first, waiter->prev);
    } else if (waiter->run_last != waiter) {
      link_run(next, waiter->run_last);
      if (queue.last_run == waiter) queue.last_run = next;
    } else if (waiter->prev != nullptr) {
      W* const before = waiter->prev->run_first;
      if (queue.last_run == waiter) {
        queue.last_run = before;
      } else if (equal(before, next)) {
        // It stood between two halves of a run.
        if (queue.last_run == next) queue.last_run = before;
        link_run(before, next->run_last);
        next->run_last = nullptr;
      }
    }
  }

  typename P::TableLock lock_;
  W* first_ = nullptr;
  KeyMark** mark_lists_ = nullptr;  // with P::mark_lists() or not at all
  KeyMark* marks_ = nullptr;        // those without such lists
};

namespace internal {

inline constexpr std::size_t kWaitBuckets = kAddressHashes;

struct alignas(64) PaddedWaitBucket {
  WaitBucket<Platform> bucket;
};
static_assert(sizeof(PaddedWaitBucket) == 64);

// 64 KiB, all zero at start.
extern PaddedWaitBucket wait_table[kWaitBuckets];

}  // namespace internal

inline WaitBucket<Platform>& Platform::bucket(const void* key) noexcept {
  return internal::wait_table[internal::address_hash(key)].bucket;
}

}  // namespace parkway

#endif  // PARKWAY_WAIT_WAIT_TABLE_H_
