// SPDX-License-Identifier: Apache-2.0

// The bodies of BasicAddressWaiter. Included by address_wait.cc, the model
// checker and the fault tests, by no header.
#ifndef PARKWAY_WAIT_ADDRESS_WAIT_SLOW_H_
#define PARKWAY_WAIT_ADDRESS_WAIT_SLOW_H_

#include <algorithm>
#include <utility>

#include "parkway/wait/address_wait.h"

namespace parkway {

// Invariant (W): a waiter that is waits_ and not queued_ gets one wakeup, from
// whoever took it out. It is consumed before the waiter is gone.

template <class P>
void AddressBucket<P>::push_back(W* waiter) {
  waiter->queued_ = true;
  waiter->next_ = nullptr;
  waiter->prev_ = last_;
  (last_ != nullptr ? last_->next_ : first_) = waiter;
  last_ = waiter;
  // relaxed: ordered by the fence between prepare() and may_have_waiters().
  waiters_.fetch_add(1, std::memory_order_relaxed);
}

template <class P>
void AddressBucket<P>::remove(W* waiter) {
  waiter->queued_ = false;
  (waiter->prev_ != nullptr ? waiter->prev_->next_ : first_) = waiter->next_;
  (waiter->next_ != nullptr ? waiter->next_->prev_ : last_) = waiter->prev_;
  waiters_.fetch_sub(1, std::memory_order_relaxed);
}

template <class P>
void BasicAddressWaiter<P>::queue(Bucket& bucket) {
  waits_ = true;
  bucket.push_back(this);
}

template <class P>
void BasicAddressWaiter<P>::prepare() {
  P::watch_forks();
  Bucket& bucket = P::address_bucket(address_);
  bucket.lock_.lock();
  queue(bucket);
  bucket.lock_.unlock();
  // Pairs with the light half in may_have_waiters().
  fenced_ = P::asymmetric_fence().heavy();
}

template <class P>
template <class Still>
bool BasicAddressWaiter<P>::prepare_if(Still&& still) {
  P::watch_forks();
  Bucket& bucket = P::address_bucket(address_);
  bucket.lock_.lock();
  const bool waits = still();
  if (waits) queue(bucket);
  fenced_ = true;
  bucket.lock_.unlock();
  return waits;
}

template <class P>
bool BasicAddressWaiter<P>::commit(std::int64_t deadline) {
  const std::int64_t until =
      fenced_ ? deadline : std::min(deadline, P::now() + P::kRecheckNs);
  const bool woken = semaphore_.sleep(until) || cancel();
  waits_ = false;
  return woken || until < deadline;
}

template <class P>
bool BasicAddressWaiter<P>::cancel() {
  if (!waits_) return false;
  waits_ = false;
  Bucket& bucket = P::address_bucket(address_);
  bucket.lock_.lock();
  const bool queued = queued_;
  if (queued) bucket.remove(this);
  bucket.lock_.unlock();
  if (!queued) semaphore_.sleep(os::kForever);  // (W)
  return !queued;
}

template <class P>
template <class Choose, class Then>
std::size_t BasicAddressWaiter<P>::wake(Bucket& bucket, Choose&& choose,
                                        Then&& then) {
  P::watch_forks();
  BasicAddressWaiter* woken = nullptr;
  BasicAddressWaiter** end = &woken;
  std::size_t count = 0;
  bool more = false;
  bucket.lock_.lock();
  for (BasicAddressWaiter *waiter = bucket.first_, *next; waiter != nullptr;
       waiter = next) {
    next = waiter->next_;
    const Choice choice = choose(*waiter);
    if (choice == Choice::kOther) continue;
    if (choice == Choice::kWake) {
      bucket.remove(waiter);
      waiter->next_ = nullptr;
      *end = waiter;
      end = &waiter->next_;
      ++count;
    } else {
      more = true;
      if (choice == Choice::kStop) break;
    }
  }
  then(more);
  bucket.lock_.unlock();
  // Not under the lock: the woken one may want it at once.
  while (woken != nullptr) {
    // Gone as soon as it is woken.
    BasicAddressWaiter* const next = woken->next_;
    woken->semaphore_.wakeup();
    woken = next;
  }
  return count;
}

template <class P>
template <class Choose, class Then>
std::size_t BasicAddressWaiter<P>::wake_at(const void* address, Choose&& choose,
                                           Then&& then) {
  return wake(
      P::address_bucket(address),
      [&](const BasicAddressWaiter& waiter) {
        return waiter.address_ == address ? choose(waiter.context_)
                                          : Choice::kOther;
      },
      then);
}

template <class P>
std::size_t BasicAddressWaiter<P>::wake_in(Bucket& bucket,
                                           std::uintptr_t context) {
  return wake(
      bucket,
      [=](const BasicAddressWaiter& waiter) {
        return waiter.context_ == context ? Choice::kWake : Choice::kOther;
      },
      [](bool) {});
}

template <class P>
std::size_t BasicAddressWaiter<P>::wake_one(const void* address) {
  Choice choice = Choice::kWake;
  return wake_at(
      address,
      [&](std::uintptr_t) { return std::exchange(choice, Choice::kStop); },
      [](bool) {});
}

template <class P>
std::size_t BasicAddressWaiter<P>::wake_one(const void* address,
                                            std::uintptr_t context) {
  Choice found = Choice::kWake;
  return wake_at(
      address,
      [&](std::uintptr_t its) {
        return its != context ? Choice::kSkip
                              : std::exchange(found, Choice::kStop);
      },
      [](bool) {});
}

template <class P>
std::size_t BasicAddressWaiter<P>::wake_all(const void* address) {
  return wake_at(
      address, [](std::uintptr_t) { return Choice::kWake; }, [](bool) {});
}

template <class P>
std::size_t BasicAddressWaiter<P>::wake_if(
    const void* address,
    bool (*matches)(std::uintptr_t context, std::uintptr_t argument),
    std::uintptr_t argument) {
  return wake_at(
      address,
      [=](std::uintptr_t context) {
        return matches(context, argument) ? Choice::kWake : Choice::kSkip;
      },
      [](bool) {});
}

template <class P>
template <class Takes, class Then>
std::size_t BasicAddressWaiter<P>::wake_while(const void* address,
                                              Takes&& takes, Then&& then) {
  return wake_at(
      address,
      [&](std::uintptr_t context) {
        return takes(context) ? Choice::kWake : Choice::kStop;
      },
      then);
}

}  // namespace parkway

#endif  // PARKWAY_WAIT_ADDRESS_WAIT_SLOW_H_
