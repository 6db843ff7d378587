// SPDX-License-Identifier: Apache-2.0

// The bodies of BasicAddressWaiter. Included by address_wait.cc, the model
// checker and the fault tests, by no header.
#ifndef PARKWAY_WAIT_ADDRESS_WAIT_SLOW_H_
#define PARKWAY_WAIT_ADDRESS_WAIT_SLOW_H_

#include <algorithm>
#include <utility>

#include "parkway/os/compiler.h"
#include "parkway/profile/contention.h"
#include "parkway/wait/address_wait.h"

namespace parkway {

namespace internal {

// As what the profile is told of a sleep in such a queue. Not told: what has
// a slow half of its own, which tells it.
struct ToldAs {
  bool told = false;
  WaitKind kind = WaitKind::kMutex;
};
constexpr ToldAs told_as(AddressKind kind) {
  switch (kind) {
    case AddressKind::kCondition:
    case AddressKind::kHostCondition:
      return {true, WaitKind::kConditionVariable};
    case AddressKind::kHostAddress:
      return {true, WaitKind::kAddress};
    case AddressKind::kHostQueue:
      return {true, WaitKind::kQueue};
    default:
      return {};
  }
}

// The profile of a sleep by address.
template <class P>
class Sleeping {
 public:
  Sleeping(AddressKind kind, const void* address)
      : waiting_(told_as(kind).told, told_as(kind).kind, address) {
    waiting_.slept();
  }

 private:
  Waiting<P> waiting_;
};

}  // namespace internal

// Invariant (W): a waiter that is waits_ and not queued_ gets one wakeup, from
// whoever took it out. It is consumed before the waiter is gone.

template <class P>
void AddressBucket<P>::lock() {
  if (PARKWAY_UNLIKELY(lock_.lock())) {
    first_ = nullptr;
    waiters_.store(0, std::memory_order_relaxed);
  }
}

// The head of the queue, or null.
template <class P>
typename AddressBucket<P>::W* AddressBucket<P>::find(const void* address,
                                                     AddressKind kind) {
  W* head = first_;
  while (head != nullptr &&
         (head->address_ != address || head->kind_ != kind)) {
    head = head->bucket_next_;
  }
  return head;
}

template <class P>
typename AddressBucket<P>::W** AddressBucket<P>::link_to(W* head) {
  W** link = &first_;
  while (*link != head) link = &(*link)->bucket_next_;
  return link;
}

template <class P>
void AddressBucket<P>::push_back(W* waiter) {
  waiter->queued_ = true;
  waiter->next_ = nullptr;
  W* const head = find(waiter->address_, waiter->kind_);
  if (head == nullptr) {
    waiter->prev_ = nullptr;
    waiter->tail_ = waiter;
    waiter->bucket_next_ = first_;
    first_ = waiter;
  } else {
    waiter->prev_ = head->tail_;
    head->tail_->next_ = waiter;
    head->tail_ = waiter;
  }
  // relaxed: ordered by the fences in prepare() and may_have_waiters().
  waiters_.fetch_add(1, std::memory_order_relaxed);
}

template <class P>
void AddressBucket<P>::remove(W* waiter) {
  waiter->queued_ = false;
  W* const next = waiter->next_;
  if (waiter->prev_ == nullptr) {
    W** const link = link_to(waiter);
    if (next != nullptr) {
      next->tail_ = waiter->tail_;
      next->bucket_next_ = waiter->bucket_next_;
      next->prev_ = nullptr;
      *link = next;
    } else {
      *link = waiter->bucket_next_;
    }
  } else {
    waiter->prev_->next_ = next;
    if (next != nullptr) {
      next->prev_ = waiter->prev_;
    } else {
      find(waiter->address_, waiter->kind_)->tail_ = waiter->prev_;
    }
  }
  waiters_.fetch_sub(1, std::memory_order_relaxed);
}

template <class P>
void BasicAddressWaiter<P>::prepare() {
  Bucket& bucket = P::address_bucket(address_);
  bucket.lock();
  waits_ = true;
  bucket.push_back(this);
  bucket.unlock();
  announced_ = true;
  if (!P::announce(address_)) settles_ = P::now() + P::kSettleNs;
  // Wakers that see the announcement have a full fence, too.
  P::fence();
}

template <class P>
template <class Still>
bool BasicAddressWaiter<P>::prepare_if(Still&& still) {
  Bucket& bucket = P::address_bucket(address_);
  bucket.lock();
  waits_ = still(bucket.find(address_, kind_) != nullptr);
  if (waits_) bucket.push_back(this);
  bucket.unlock();
  return waits_;
}

template <class P>
PARKWAY_NOINLINE bool BasicAddressWaiter<P>::may_have_waiters_slow(
    const void* address) {
  // Pairs with the fence in prepare().
  P::fence();
  if (may_have_ordered_waiters(address)) return true;
  P::calm(address);
  return false;
}

template <class P>
bool BasicAddressWaiter<P>::commit(std::int64_t deadline) {
  internal::Sleeping<P> told(kind_, address_);
  const std::int64_t until = std::min(deadline, settles_);
  const bool in_time = semaphore_.sleep(until);
  if (!in_time && until == settles_) settle();
  const bool woken = in_time || cancel();
  end();
  return woken || until < deadline;
}

template <class P>
bool BasicAddressWaiter<P>::sleep(std::int64_t deadline) {
  internal::Sleeping<P> told(kind_, address_);
  if (!semaphore_.sleep(deadline)) return false;
  end();
  return true;
}

// A change that was on its way has become visible.
template <class P>
void BasicAddressWaiter<P>::settle() {
  P::settled(address_);
  settles_ = os::kForever;
}

template <class P>
void BasicAddressWaiter<P>::end() {
  waits_ = false;
  if (!announced_) return;
  announced_ = false;
  P::retract(address_);
}

template <class P>
bool BasicAddressWaiter<P>::cancel() {
  if (!waits_) return false;
  Bucket& bucket = P::address_bucket(address_);
  bucket.lock();
  const bool queued = queued_;
  if (queued) bucket.remove(this);
  bucket.unlock();
  if (!queued) semaphore_.sleep(os::kForever);  // (W)
  end();
  return !queued;
}

template <class P>
void BasicAddressWaiter<P>::Chain::add(BasicAddressWaiter* waiter) {
  waiter->next_ = nullptr;
  *end = waiter;
  end = &waiter->next_;
}

template <class P>
std::size_t BasicAddressWaiter<P>::Chain::wake() {
  std::size_t count = 0;
  while (first != nullptr) {
    // Gone as soon as it is woken.
    BasicAddressWaiter* const next = first->next_;
    first->semaphore_.wakeup();
    first = next;
    ++count;
  }
  return count;
}

template <class P>
template <class Choose, class Then>
std::size_t BasicAddressWaiter<P>::wake_at(const void* address,
                                           AddressKind kind, Choose&& choose,
                                           Then&& then) {
  if (internal::told_as(kind).told) {
    internal::releasing<P>(internal::told_as(kind).kind, address);
  }
  Bucket& bucket = P::address_bucket(address);
  Chain woken;
  bool more = false;
  bucket.lock();
  for (BasicAddressWaiter *waiter = bucket.find(address, kind), *next;
       waiter != nullptr; waiter = next) {
    next = waiter->next_;
    const Choice choice = choose(waiter->context_);
    if (choice == Choice::kWake) {
      bucket.remove(waiter);
      woken.add(waiter);
    } else {
      more = true;
      if (choice == Choice::kStop) break;
    }
  }
  then(more);
  bucket.unlock();
  // Not under the lock: the woken one may want it at once.
  return woken.wake();
}

template <class P>
std::size_t BasicAddressWaiter<P>::wake_in(Bucket& bucket, AddressKind kind,
                                           std::uintptr_t context) {
  Chain woken;
  bucket.lock();
  for (BasicAddressWaiter *head = bucket.first_, *next_head; head != nullptr;
       head = next_head) {
    next_head = head->bucket_next_;
    if (head->kind_ != kind) continue;
    for (BasicAddressWaiter *waiter = head, *next; waiter != nullptr;
         waiter = next) {
      next = waiter->next_;
      if (waiter->context_ != context) continue;
      bucket.remove(waiter);
      woken.add(waiter);
    }
  }
  bucket.unlock();
  return woken.wake();
}

template <class P>
std::size_t BasicAddressWaiter<P>::wake_one(const void* address,
                                            AddressKind kind) {
  Choice choice = Choice::kWake;
  return wake_at(
      address, kind,
      [&](std::uintptr_t) { return std::exchange(choice, Choice::kStop); },
      [](bool) {});
}

template <class P>
std::size_t BasicAddressWaiter<P>::wake_all(const void* address,
                                            AddressKind kind) {
  return wake_at(
      address, kind, [](std::uintptr_t) { return Choice::kWake; }, [](bool) {});
}

template <class P>
std::size_t BasicAddressWaiter<P>::wake_if(
    const void* address, AddressKind kind,
    bool (*matches)(std::uintptr_t context, std::uintptr_t argument),
    std::uintptr_t argument) {
  return wake_at(
      address, kind,
      [=](std::uintptr_t context) {
        return matches(context, argument) ? Choice::kWake : Choice::kSkip;
      },
      [](bool) {});
}

template <class P>
template <class Takes, class Then>
std::size_t BasicAddressWaiter<P>::wake_while(const void* address,
                                              AddressKind kind, Takes&& takes,
                                              Then&& then) {
  return wake_at(
      address, kind,
      [&](std::uintptr_t context) {
        return takes(context) ? Choice::kWake : Choice::kStop;
      },
      then);
}

}  // namespace parkway

#endif  // PARKWAY_WAIT_ADDRESS_WAIT_SLOW_H_
