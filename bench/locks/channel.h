// SPDX-License-Identifier: Apache-2.0

// A bounded channel over any lock: what the benchmarks ChanContended and
// ChanCreation need.
//
// One lock guards a ring of elements and two lists of waiters. A waiter is a
// record on its own thread's stack with a note to sleep on, so that a channel
// is one allocation, whatever the lock.

#ifndef PARKWAY_BENCH_LOCKS_CHANNEL_H_
#define PARKWAY_BENCH_LOCKS_CHANNEL_H_

#include <cstddef>
#include <cstdint>
#include <new>

#include "bench/engine/lock_list.h"

namespace parkway_bench {

template <typename Lock>
class Channel {
 public:
  using Element = std::uint64_t;

  // Room for `capacity` elements, at least one, in one allocation. Destroy
  // gives it back.
  static Channel* Create(std::size_t capacity) {
    void* const memory =
        ::operator new(sizeof(Channel) + capacity * sizeof(Element));
    return new (memory) Channel(capacity);
  }

  // Nobody uses the channel any more.
  static void Destroy(Channel* channel) {
    channel->~Channel();
    ::operator delete(channel);
  }

  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  // Waits for room.
  void Send(Element element) {
    Held<Lock> held;
    held.Acquire(lock_);
    while (count_ == capacity_) {
      Wait(&senders_, &held);
    }
    const std::size_t at = first_ + count_;
    Ring()[at < capacity_ ? at : at - capacity_] = element;
    ++count_;
    WakeOneAndRelease(&receivers_, &held);
  }

  // Waits for an element. They come out in the order in which they went in.
  Element Receive() {
    Held<Lock> held;
    held.Acquire(lock_);
    while (count_ == 0) {
      Wait(&receivers_, &held);
    }
    const Element element = Ring()[first_];
    first_ = first_ + 1 == capacity_ ? 0 : first_ + 1;
    --count_;
    WakeOneAndRelease(&senders_, &held);
    return element;
  }

 private:
  struct Waiter {
    Waiter* next = nullptr;
    typename Traits<Lock>::Note note;
  };
  struct WaitList {
    Waiter* first = nullptr;
    Waiter* last = nullptr;
  };

  explicit Channel(std::size_t capacity) : capacity_(capacity) {}
  ~Channel() = default;

  Element* Ring() { return reinterpret_cast<Element*>(this + 1); }

  // Holds the lock before and after, not while it sleeps. Somebody else may
  // have been faster when it returns.
  void Wait(WaitList* list, Held<Lock>* held) {
    Waiter self;
    (list->first == nullptr ? list->first : list->last->next) = &self;
    list->last = &self;
    held->Release(lock_);
    self.note.sleep();
    held->Acquire(lock_);
  }

  // Wakes after the release: the woken needs the lock.
  void WakeOneAndRelease(WaitList* list, Held<Lock>* held) {
    Waiter* const waiter = list->first;
    if (waiter != nullptr) {
      list->first = waiter->next;
    }
    held->Release(lock_);
    if (waiter != nullptr) {
      waiter->note.wakeup();
    }
  }

  Lock lock_;
  std::size_t first_ = 0;
  std::size_t count_ = 0;
  const std::size_t capacity_;
  WaitList senders_;
  WaitList receivers_;
};

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_LOCKS_CHANNEL_H_
