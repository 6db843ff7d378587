// SPDX-License-Identifier: Apache-2.0

// The bodies of BasicWaiter. Included by park.cc, task_platform.cc, the model
// checker and the fault tests, by no header.
#ifndef PARKWAY_TASK_PARK_SLOW_H_
#define PARKWAY_TASK_PARK_SLOW_H_

#include "parkway/base/checks.h"
#include "parkway/os/compiler.h"
#include "parkway/task/park.h"

namespace parkway {

// The suspension of one task, on the stack that it leaves.
template <class P>
class BasicWaiter<P>::Parking final : public P::Suspension {
 public:
  Parking(BasicWaiter& waiter, typename P::Scheduler& scheduler,
          std::int64_t deadline)
      : waiter_(waiter), scheduler_(scheduler), timer_(waiter, deadline) {}

  void suspended(void* task) noexcept override {
    waiter_.scheduler_ = &scheduler_;
    waiter_.task_ = task;
    std::uint32_t word = kNone;
    // release: scheduler_ and task_; pairs with the acquire of ready() and of
    // time_is_up().
    if (waiter_.word_.compare_exchange_strong(word, kSuspended,
                                              std::memory_order_release,
                                              std::memory_order_relaxed)) {
      // The task may have been resumed by now, but does not run before this has
      // returned.
      timer_.start();
    } else {
      scheduler_.resume(task);  // readied before
    }
  }

  void stop_timer() { timer_.stop(); }

 private:
  BasicWaiter& waiter_;
  typename P::Scheduler& scheduler_;
  TaskTimer timer_;
};

template <class P>
bool BasicWaiter<P>::consume() {
  // acquire: pairs with ready().
  if (word_.load(std::memory_order_acquire) != kReady) return false;
  // relaxed: the next ready() comes after the next publication.
  word_.store(kNone, std::memory_order_relaxed);
  return true;
}

template <class P>
PARKWAY_NOINLINE bool BasicWaiter<P>::wait(std::int64_t deadline) {
  if (consume()) return true;
  if (deadline != os::kForever && P::now() >= deadline) return false;
  typename P::Scheduler* const scheduler = P::scheduler_of_caller();
  if (scheduler != nullptr && (deadline == os::kForever || P::timers_run())) {
    Parking parking(*this, *scheduler, deadline);
    if (scheduler->suspend(parking)) {
      parking.stop_timer();
      // kNone: the timer has resumed it.
      return consume();
    }
  }
  return sleep(deadline);
}

// The thread.
template <class P>
bool BasicWaiter<P>::sleep(std::int64_t deadline) {
  std::uint32_t word = kNone;
  // relaxed: publishes nothing; consume() synchronizes with a ready().
  if (!word_.compare_exchange_strong(word, kAsleep, std::memory_order_relaxed,
                                     std::memory_order_relaxed)) {
    return consume();
  }
  for (;;) {
    const bool in_time = P::futexsleep(word_, kAsleep, deadline);
    if (consume()) return true;
    if (in_time) continue;
    word = kAsleep;
    if (word_.compare_exchange_strong(word, kNone, std::memory_order_relaxed,
                                      std::memory_order_relaxed)) {
      return false;
    }
    return consume();  // it came after all
  }
}

template <class P>
PARKWAY_NOINLINE void BasicWaiter<P>::ready() {
  auto& word = word_;
  // release: pairs with consume(). acquire: pairs with suspended().
  const std::uint32_t old = word.exchange(kReady, std::memory_order_acq_rel);
  if (old == kNone) return;
  if (old == kAsleep) {
    // By address: the waiter may be gone.
    P::futexwakeup(word, 1);
  } else if (old == kSuspended) {
    // It is on the stack of the task that this lets go.
    typename P::Scheduler* const scheduler = scheduler_;
    scheduler->resume(task_);
  } else {
    internal::fatal("Waiter", this, "a second ready for one park");
  }
}

// By the timer, under its lock. Whether the task is the timer's to resume.
template <class P>
bool BasicWaiter<P>::time_is_up() {
  std::uint32_t word = kSuspended;
  // acquire: pairs with suspended(). release: what the task did before goes on
  // before what it does next, on another thread.
  return word_.compare_exchange_strong(word, kNone, std::memory_order_acq_rel,
                                       std::memory_order_relaxed);
}

}  // namespace parkway

#endif  // PARKWAY_TASK_PARK_SLOW_H_
