// SPDX-License-Identifier: Apache-2.0

// The bodies of BasicBlockingPool. Included by blocking_pool.cc, the model
// checker and the fault tests, by no header.
#ifndef PARKWAY_TASK_BLOCKING_POOL_SLOW_H_
#define PARKWAY_TASK_BLOCKING_POOL_SLOW_H_

#include "parkway/os/compiler.h"
#include "parkway/task/blocking_pool.h"

namespace parkway {

// Invariants, whenever the lock is free.
//
// (S) If something is queued, then somebody will look at the queue without
//     being told: a thread that is busy or coming, or a submit() that is about
//     to start a thread or could not.
// (P) If more is queued than threads are coming, then nobody is idle, and there
//     are as many threads as there may be, or as the system has.

template <class P>
PARKWAY_NOINLINE void BasicBlockingPool<P>::submit(Request& request) {
  lock_.lock();
  Request* const last = last_;
  if (last == nullptr) {
    first_ = &request;
  } else {
    last->next_ = &request;
  }
  last_ = &request;
  ++calls_;
  ++queued_;
  if (queued_ > peak_queued_) peak_queued_ = queued_;
  staff();
}

// Sees to (S) and (P) for one more request. With the lock, which it releases.
// False if nobody was wanted, or nobody could be had.
template <class P>
bool BasicBlockingPool<P>::staff() {
  const bool wanted = queued_ > coming_;
  if (wanted && idle_ != nullptr) {
    Idle* const idle = pop_idle();
    lock_.unlock();
    idle->semaphore.wakeup();
    return true;
  }
  if (wanted && threads_ < max_threads_) {
    ++threads_;
    ++coming_;
    lock_.unlock();
    if (P::start_thread(&run, this)) return true;
    serve_in_place_of_thread();
    return false;
  }
  lock_.unlock();
  return false;
}

template <class P>
typename BasicBlockingPool<P>::Request* BasicBlockingPool<P>::pop() {
  Request* const request = first_;
  if (request == nullptr) return nullptr;
  Request* const next = request->next_;
  first_ = next;
  if (next == nullptr) last_ = nullptr;
  --queued_;
  return request;
}

// Chooses the one that became idle last, to whom the caller owes a wakeup.
template <class P>
typename BasicBlockingPool<P>::Idle* BasicBlockingPool<P>::pop_idle() {
  Idle* const idle = idle_;
  idle_ = static_cast<Idle*>(idle->below);
  ++coming_;
  return idle;
}

// A thread that could not be started. Requests of others may have relied on it.
template <class P>
void BasicBlockingPool<P>::serve_in_place_of_thread() {
  lock_.lock();
  --threads_;
  --coming_;
  while (threads_ == 0) {
    Request* const request = pop();
    if (request == nullptr) break;
    ++direct_;
    lock_.unlock();
    request->serve_(*request);
    lock_.lock();
  }
  // (P): a request that woke nobody because this thread was coming.
  Idle* const idle =
      queued_ > coming_ && idle_ != nullptr ? pop_idle() : nullptr;
  lock_.unlock();
  if (idle != nullptr) idle->semaphore.wakeup();
}

template <class P>
void BasicBlockingPool<P>::run(void* pool) {
  static_cast<BasicBlockingPool*>(pool)->serve_as_thread();
}

template <class P>
void BasicBlockingPool<P>::serve_as_thread() {
  lock_.lock();
  ++arrived_;
  if (arrived_ > peak_threads_) peak_threads_ = arrived_;
  do {
    --coming_;
    while (Request* const request = pop()) {
      lock_.unlock();
      request->serve_(*request);
      lock_.lock();
    }
  } while (rest());
  --arrived_;
  --threads_;
  lock_.unlock();
}

// With the lock. False if the thread is to leave; else it counts as coming.
template <class P>
bool BasicBlockingPool<P>::rest() {
  const std::int64_t idle_ns = idle_ns_;
  if (threads_ > max_threads_ || idle_ns <= 0) return false;
  Idle me;
  me.below = static_cast<Idle*>(idle_);
  idle_ = &me;
  lock_.unlock();
  const bool woken = me.semaphore.sleep(P::now() + idle_ns);
  lock_.lock();
  if (woken) return true;
  if (take_off(&me)) return false;
  // Chosen as its time was up: `me` is the waker's until the wakeup has come.
  lock_.unlock();
  me.semaphore.sleep(os::kForever);
  lock_.lock();
  return true;
}

// False if it is not among the idle any more.
template <class P>
bool BasicBlockingPool<P>::take_off(Idle* idle) {
  if (idle_ == idle) {
    idle_ = static_cast<Idle*>(idle->below);
    return true;
  }
  for (Idle* above = idle_; above != nullptr; above = above->below) {
    if (above->below == idle) {
      above->below = static_cast<Idle*>(idle->below);
      return true;
    }
  }
  return false;
}

template <class P>
void BasicBlockingPool<P>::set_max_threads(std::size_t threads) {
  lock_.lock();
  max_threads_ = threads < kMinThreads ? kMinThreads : threads;
  Idle* surplus = nullptr;
  for (std::size_t n = threads_; n > max_threads_ && idle_ != nullptr; --n) {
    Idle* const idle = pop_idle();
    idle->below = surplus;
    surplus = idle;
  }
  while (staff()) lock_.lock();
  // They will find that there are too many.
  while (surplus != nullptr) {
    // The wakeup ends its life.
    Idle* const idle = surplus;
    surplus = idle->below;
    idle->semaphore.wakeup();
  }
}

template <class P>
std::size_t BasicBlockingPool<P>::max_threads() {
  lock_.lock();
  const std::size_t threads = max_threads_;
  lock_.unlock();
  return threads;
}

template <class P>
void BasicBlockingPool<P>::set_idle_ns(std::int64_t ns) {
  lock_.lock();
  idle_ns_ = ns;
  lock_.unlock();
}

template <class P>
std::chrono::nanoseconds BasicBlockingPool<P>::idle_time() {
  lock_.lock();
  const std::int64_t ns = idle_ns_;
  lock_.unlock();
  return std::chrono::nanoseconds(ns);
}

template <class P>
BlockingStats BasicBlockingPool<P>::stats() {
  lock_.lock();
  const BlockingStats stats{calls_,       direct_,  queued_,
                            peak_queued_, arrived_, peak_threads_};
  lock_.unlock();
  return stats;
}

}  // namespace parkway

#endif  // PARKWAY_TASK_BLOCKING_POOL_SLOW_H_
