// SPDX-License-Identifier: Apache-2.0

// Waiter, park() and ready(): one wait of whoever calls, a task if a scheduler
// runs one (parkway/task/scheduler.h), else the thread.
//
//   waiting                               waking
//     Waiter self;
//     lock(); list.push(&self);             lock(); w = list.pop(); unlock();
//     park(self, [] { unlock(); });         ready(*w);
//
// A task that parks leaves its thread to other tasks, and may go on on another
// thread. What it must not hold meanwhile is in docs/guide/tasks.md.
//
// The contract is that of Go's gopark() and goready(); so is the reason: a
// wakeup that stays inside the scheduler needs no thread to be woken, and finds
// one that is running.
#ifndef PARKWAY_TASK_PARK_H_
#define PARKWAY_TASK_PARK_H_

#include <chrono>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "parkway/base/deadline.h"
#include "parkway/os/os.h"
#include "parkway/task/park_platform.h"
#include "parkway/task/task_timer.h"

namespace parkway {

// The word, as contracts:
//   kNone       neither parked nor readied. Set by the owner when it consumes
//               a ready or gives up as thread; by a timer, from kSuspended.
//   kReady      readied. Set by ready(), in any other state.
//   kAsleep     the owner is a thread in futexsleep(). Set by it, from kNone.
//   kSuspended  the owner is a task that its scheduler has suspended, and
//               scheduler_ and task_ say which. Set on its behalf, from kNone.
// Who takes the word out of kSuspended, ready() or the timer, resumes the task,
// and nobody else does.
template <class P>
class BasicWaiter {
 public:
  BasicWaiter() noexcept = default;
  BasicWaiter(const BasicWaiter&) = delete;
  BasicWaiter& operator=(const BasicWaiter&) = delete;

  // Owner only: the thread or task that has it on its stack. Waits for a
  // ready() until `deadline` (os::nanotime()). True if one was consumed, also
  // one that came before; false if the time was up. After that a ready() may
  // still come, and is there for another wait: whoever has published the waiter
  // takes it back, or waits for the ready that can't be stopped any more.
  // Never returns for no reason. A ready is a release, a wait that consumes it
  // an acquire.
  bool wait(std::int64_t deadline);

  // Owner only: whether wait() would return at once.
  bool readied() const {
    // relaxed: wait() synchronizes.
    return word_.load(std::memory_order_relaxed) == kReady;
  }

  // Any thread or task; once for each wait that is to end. A second one before
  // that ends the program. The waiter may be gone as soon as it is readied.
  void ready();

 private:
  class Parking;
  friend class Parking;
  using TaskTimer = BasicTaskTimer<P>;
  friend TaskTimer;

  static constexpr std::uint32_t kNone = 0;
  static constexpr std::uint32_t kReady = 1;
  static constexpr std::uint32_t kAsleep = 2;
  static constexpr std::uint32_t kSuspended = 3;

  bool consume();
  bool sleep(std::int64_t deadline);
  bool time_is_up();

  typename P::template Atomic<std::uint32_t> word_{kNone};
  // Written before kSuspended, read by who ends that.
  typename P::template Plain<typename P::Scheduler*> scheduler_{nullptr};
  typename P::template Plain<void*> task_{nullptr};
};

extern template class BasicWaiter<ParkPlatform>;

using Waiter = BasicWaiter<ParkPlatform>;

// Parks the caller, whose waiter `self` is, until ready(self). A ready() that
// comes first, even before this call, is not lost: park() returns at once.
inline void park(Waiter& self) { self.wait(os::kForever); }

// The same; calls commit() first, when a ready() is no longer lost: it may
// publish the waiter, or release the lock under which that was done. If it
// returns false the caller does not park, and park() returns false; nobody may
// then ready the waiter. What it throws leaves park() the same way.
template <class Commit>
bool park(Waiter& self, Commit&& commit) {
  if constexpr (std::is_void_v<std::invoke_result_t<Commit&>>) {
    commit();
  } else {
    if (!commit()) return false;
  }
  park(self);
  return true;
}

// Parks for `timeout` at most. False if it ran out: then the caller takes its
// waiter back from where it has published it, or, if somebody has taken it to
// ready it, parks again.
template <class Rep, class Period>
bool park_for(Waiter& self, const std::chrono::duration<Rep, Period>& timeout) {
  return self.wait(internal::deadline_after(timeout));
}

// Parks until `at`, by at's own clock, at most.
template <class Clock, class Duration>
bool park_until(Waiter& self,
                const std::chrono::time_point<Clock, Duration>& at) {
  return internal::wait_until(
      at, [&](std::int64_t deadline) { return self.wait(deadline); });
}

// Ends the wait of `waiter`, whether it has begun or is to come.
inline void ready(Waiter& waiter) { waiter.ready(); }

// Where a wait of parkway/task/task_platform.h sleeps, with the members of
// WorkerSemaphore.
template <class P>
class WaiterSemaphore {
 public:
  bool sleep(std::int64_t deadline) { return waiter_.wait(deadline); }
  bool has_wakeup() const { return waiter_.readied(); }
  void wakeup() { waiter_.ready(); }

 private:
  BasicWaiter<P> waiter_;
};

}  // namespace parkway

#endif  // PARKWAY_TASK_PARK_H_
