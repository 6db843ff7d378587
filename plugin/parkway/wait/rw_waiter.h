// SPDX-License-Identifier: Apache-2.0

// RwWaiter: one wait of one thread, as the queues of parkway/wait/wait_table.h
// link it.
#ifndef PARKWAY_WAIT_RW_WAITER_H_
#define PARKWAY_WAIT_RW_WAITER_H_

#include <cstdint>
#include <optional>

#include "parkway/os/os.h"
#include "parkway/wait/worker_semaphore.h"

namespace parkway {

template <class P>
class BasicRwMutex;

// A condition on data that a mutex protects. Whoever releases the mutex
// evaluates it on behalf of the waiter, holding the mutex, any number of times.
struct Predicate {
  bool (*eval)(const void* context);
  // Whether two contexts mean the same condition, so that one evaluation
  // answers for both.
  bool (*equal)(const void* context, const void* other);
  const void* context;
};

// Made by OwnWaiter. Guarded by the lock of the bucket that it is queued in,
// unless a member says otherwise.
//
// A release walks the queue and evaluates the conditions in it: what that needs
// is in the first cache line.
template <class P>
struct alignas(64) RwWaiter {
  RwWaiter* next;
  RwWaiter* prev;
  // Neighbours with equal conditions form a run. Its head knows its last, and
  // that its head (run_first, below).
  RwWaiter* run_last;  // null: not a head

  // Constant while it waits.
  Predicate until;  // eval is null: it waits for the mutex alone
  bool shared;

  bool queued;
  // A condition variable has let it go.
  bool moved;
  // A reader that has waited already: it gets in beside others although
  // a writer waits. Those others may be waiting for it. Written as `announced`.
  bool beside;
  // It counts as a sleeper of the mutex. Written by the thread itself, or
  // before it is woken; so is the next.
  bool announced;
  // Its mutex may be in memory that processes share
  // (parkway/wait/look_again.h).
  bool looks_again;
  // It has waited long and has found the mutex taken after several wakes: the
  // release that wakes it the next time hands the mutex over to it.
  bool starving;
  // Other writers waited when it was woken: it may watch. Written by its waker.
  bool crowd;
  // The mutex was handed over to it. Written before it is woken.
  bool granted;

  // Where its thread sleeps. Not the worker's: the thread may sleep in a wait
  // within this one when it is woken from this one.
  typename P::template WaitSemaphore<P> semaphore;

  RwWaiter* run_first;  // of the last of a run

  // Constant while it waits.
  BasicRwMutex<P>* mutex;
  // Its thread's real-time priority.
  std::int32_t priority;
  // When a release that may have missed it has become visible; kForever: none
  // has. See P::announce().
  std::int64_t settles;
  // When it looks whether the one has come that was on its way when it queued;
  // kForever: none was. Its own, once it is queued.
  std::int64_t looks_at;
  // When it queued for the mutex alone, by P::now(); else 0.
  std::int64_t since;
  // After how many wakes it has found the mutex taken. Its own.
  std::uint32_t losses;

  // In use while this waiter is the head of its queue.
  struct Queue {
    const void* key = nullptr;
    RwWaiter* bucket_next = nullptr;  // head of the bucket's next queue
    RwWaiter* tail = nullptr;
    RwWaiter* last_run = nullptr;
    std::uint32_t writers = 0;     // exclusive and unconditional
    std::uint32_t conditions = 0;  // waiters with a condition
    bool waking = false;           // see BasicRwMutex::waking()
  };
  Queue queue;

  // Whether the condition need not be looked at.
  bool unconditional() const { return until.eval == nullptr; }
};

// The calling thread's waiter for one wait: the one in its worker record, or,
// in a wait within a wait (a condition that locks other mutexes) and for a
// task, one on its stack. Records are packed; the same place in every thread's
// stack would be the same few sets of every cache (64 distinct conditions: 2 to
// 7 times as slow, bench/upstream/absl).
template <class P>
class OwnWaiter {
 public:
  // Not queued. `until` may be null, and need not live longer than this call.
  OwnWaiter(BasicRwMutex<P>* mutex, bool shared, const Predicate* until)
      : worker_(P::waits_in_record()),
        nested_(worker_ == nullptr || worker_->waits),
        waiter_(nested_ ? on_stack_.emplace() : worker_->waiter) {
    if (!nested_) worker_->waits = true;
    waiter_.until = until != nullptr ? *until : Predicate{};
    waiter_.mutex = mutex;
    waiter_.priority = worker_ == nullptr ? 0 : P::priority();
    waiter_.since = 0;
    waiter_.shared = shared;
    waiter_.queued = waiter_.moved = waiter_.beside = false;
    waiter_.announced = waiter_.looks_again = false;
    waiter_.settles = waiter_.looks_at = os::kForever;
    waiter_.starving = waiter_.granted = waiter_.crowd = false;
    waiter_.losses = 0;
  }
  ~OwnWaiter() {
    if (!nested_) worker_->waits = false;
  }
  OwnWaiter(const OwnWaiter&) = delete;
  OwnWaiter& operator=(const OwnWaiter&) = delete;

  RwWaiter<P>& operator*() { return waiter_; }

 private:
  typename P::Worker* const worker_;
  const bool nested_;
  std::optional<RwWaiter<P>> on_stack_;
  RwWaiter<P>& waiter_;
};

}  // namespace parkway

#endif  // PARKWAY_WAIT_RW_WAITER_H_
