// SPDX-License-Identifier: Apache-2.0

// A system that has semaphores: what parkway/os/semaphore.h promises and asks
// for, and what parkway/os/derived makes futexes of.
#ifndef PARKWAY_TESTS_MODEL_MODEL_SEMAPHORE_H_
#define PARKWAY_TESTS_MODEL_MODEL_SEMAPHORE_H_

#include <cstdint>

#include "parkway/os/derived/futex_by_semaphore_slow.h"
#include "tests/model/model_kernel.h"

namespace parkway::model {

// A ThreadSemaphore. Each call is one step, as far as others see; those who
// break the contract are reported.
class ModelSemaphore {
 public:
  ModelSemaphore() { kernel.enter(this); }
  ~ModelSemaphore() { kernel.leave(this); }
  ModelSemaphore(const ModelSemaphore&) = delete;
  ModelSemaphore& operator=(const ModelSemaphore&) = delete;

  // `timed`: whether the deadline may come.
  bool sleep(std::int64_t deadline, bool timed) {
    begin();
    expect(sleeper_ == kNobody, "a semaphore has two sleepers");
    if (!signalled_) {
      if (timed && deadline <= kernel.clock) {
        ++coverage.timeouts;
        return false;
      }
      if (!park(deadline, timed)) return false;
    }
    signalled_ = false;
    synchronize(false);
    return true;
  }

  void wakeup() {
    begin();
    ++kernel.wake_calls;
    log("semawakeup", $);
    expect(!signalled_, "a second signal of a semaphore is outstanding");
    signalled_ = true;
    synchronize(true);
    // Whether the memory is still a semaphore does not matter any more.
    if (sleeper_ != kNobody) rl::ctx().unpark_thread(sleeper_, false, $);
  }

  void close() {
    begin();
    log("semaclose", $);
    expect(sleeper_ == kNobody, "a semaphore is closed under its sleeper");
    expect(!signalled_, "a semaphore is closed with a signal outstanding");
  }

 private:
  static constexpr int kNobody = -1;

  void begin() const {
    rl::ctx().sched();
    kernel.check(this, $);
  }

  static void expect(bool holds, const char* fault) {
    if (!holds) {
      rl::ctx().fail_test(fault, rl::test_result_user_assert_failed, $);
    }
  }

  // False if the time is up.
  bool park(std::int64_t deadline, bool timed) {
    const int me = self();
    ++coverage.sleeps;
    kernel.asleep_on[me] = this;
    sleeper_ = me;
    log("semasleep: sleeps", $);
    const rl::unpark_reason reason =
        rl::ctx().park_current_thread(timed, false, false, $);
    kernel.asleep_on[me] = nullptr;
    sleeper_ = kNobody;
    if (reason == rl::unpark_reason_timeout) {
      log("semasleep: deadline", $);
      ++coverage.timeouts;
      if (kernel.clock < deadline) kernel.clock = deadline;
      return false;
    }
    await([me] { return kernel.stage >= kernel.runs_from[me]; });
    return true;
  }

  // A signal is a release, the sleep that consumes it an acquire, and nothing
  // else is ordered.
  void synchronize(bool wakes) {
    rl::ctx().disable_preemption();
    order_.exchange(wakes, wakes ? rl::mo_release : rl::mo_acquire, $);
    rl::ctx().enable_preemption();
  }

  bool signalled_ = false;
  int sleeper_ = kNobody;
  rl::atomic<int> order_{0};
};

// As os::derived::Sleeper.
template <class P>
struct ModelSleeper {
  ModelSemaphore semaphore;
  Plain<ModelSleeper*> next{nullptr};
  Plain<const void*> address{nullptr};
  Plain<bool> queued{false};
};

// Simpler than SmallLock, which has a test of its own.
class ModelSleeperLock {
 public:
  bool lock() {
    drain();
    mutex_.lock($);
    const bool first = !used_;
    used_ = true;
    return first;
  }
  void unlock() { mutex_.unlock($); }

 private:
  rl::mutex mutex_;
  bool used_ = false;
};

// All that derived futexes are made of: the one queue of the run, and sleepers
// for all threads. Simpler than the pool of parkway/os/derived, but for what
// others may notice: the last one put back is the next one taken.
template <class P>
class ModelSleepers {
 public:
  using Sleeper = ModelSleeper<P>;

  ModelSleepers() {
    for (Sleeper& sleeper : sleepers_) {
      sleeper.next = static_cast<Sleeper*>(free_);
      free_ = &sleeper;
    }
  }

  // Null now and then: there is no memory for one.
  Sleeper* take() {
    if (kernel.wakes_for_no_reason &&
        Kernel::maybe(kernel.budget.spurious, 8)) {
      ++coverage.spurious;
      return nullptr;
    }
    lock_.lock();
    Sleeper* const taken = free_;
    free_ = static_cast<Sleeper*>(taken->next);
    lock_.unlock();
    return taken;
  }
  void put_back(Sleeper* sleeper) {
    lock_.lock();
    sleeper->next = static_cast<Sleeper*>(free_);
    free_ = sleeper;
    lock_.unlock();
  }

  os::derived::SleeperQueue<P> queue;

 private:
  ModelSleeperLock lock_;
  Sleeper sleepers_[kMaxThreads];
  Plain<Sleeper*> free_{nullptr};
};

}  // namespace parkway::model

#endif  // PARKWAY_TESTS_MODEL_MODEL_SEMAPHORE_H_
