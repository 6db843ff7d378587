// SPDX-License-Identifier: Apache-2.0

// What is asked of a condition variable.
#ifndef PARKWAY_TESTS_MODEL_COND_VAR_SUITES_H_
#define PARKWAY_TESTS_MODEL_COND_VAR_SUITES_H_

#include <chrono>

#include "parkway/lock/futex_mutex_slow.h"
#include "tests/model/model_test.h"

namespace parkway::model {

// kThreads - 1 threads wait for a flag; the last of them to leave destroys the
// CondVar, which its notify_all, made with the mutex held, no longer needs.
template <class P, class CondVar, int kThreads>
class Broadcast : public Suite<Broadcast<P, CondVar, kThreads>, P, kThreads> {
 public:
  void thread(unsigned index) {
    mutex_.lock();
    if (index == 0) {
      flag_ = true;
      cond_var_->notify_all();
    } else {
      while (!flag_) cond_var_->wait(mutex_);
      if (++left_ == kThreads - 1) cond_var_.destroy();
    }
    mutex_.unlock();
  }

 private:
  BasicFutexMutex<P> mutex_;
  Slot<CondVar> cond_var_;
  Plain<bool> flag_{false};
  Plain<int> left_{0};
};

// One item for each waiter and one notify_one for each item, without the mutex.
// A wait is never ended by anything but a notify.
template <class P, class CondVar>
class Items : public Suite<Items<P, CondVar>, P, 3> {
 public:
  void thread(unsigned index) {
    if (index == 0) {
      for (int i = 0; i < 2; ++i) {
        mutex_.lock();
        ++items_;
        mutex_.unlock();
        cond_var_.notify_one();
      }
      return;
    }
    mutex_.lock();
    while (items_ == 0) {
      cond_var_.wait(mutex_);
    }
    --items_;
    mutex_.unlock();
  }
  void after() { RL_ASSERT(items_ == 0); }

 private:
  BasicFutexMutex<P> mutex_;
  CondVar cond_var_;
  Plain<int> items_{0};
};

// A waiter with a deadline, one without, and one notify_one: it may not vanish
// with a waiter whose time was up. Whoever is notified in time passes it on.
template <class P, class CondVar>
class LeaveOrTake : public Suite<LeaveOrTake<P, CondVar>, P, 3> {
 public:
  void thread(unsigned index) {
    if (index == 0) {
      for (bool waits = false; !waits; P::yield()) {
        mutex_.lock();
        waits = waits_;
        mutex_.unlock();
      }
      cond_var_.notify_one();
      return;
    }
    mutex_.lock();
    if (index == 1) {
      if (cond_var_.wait_for(mutex_, kShort)) {
        cond_var_.notify_one();
      }
      // A wakeup that the first wait left unconsumed would end this one with
      // its node still in the list.
      if (cond_var_.wait_until(mutex_, Clock::now() + kShort)) {
        cond_var_.notify_one();
      }
    } else {
      waits_ = true;
      cond_var_.wait(mutex_);
    }
    mutex_.unlock();
  }

 private:
  struct Clock {
    using rep = std::int64_t;
    using period = std::nano;
    using duration = std::chrono::nanoseconds;
    using time_point = std::chrono::time_point<Clock>;
    static time_point now() { return time_point(duration(P::now())); }
  };
  static constexpr std::chrono::nanoseconds kShort{1};

  BasicFutexMutex<P> mutex_;
  CondVar cond_var_;
  Plain<bool> waits_{false};
};

template <class P, class CondVar>
void check_cond_var() {
  constexpr Budget kCalm{0, 0, 0};
  check<Broadcast<P, CondVar, 2>>("notify_all, 1 waiter, destroyed", 300000);
  check<Broadcast<P, CondVar, 3>>("notify_all, 2 waiters, destroyed", 300000);
  check<Items<P, CondVar>>("notify_one for each of 2 waiters", 300000);
  check<LeaveOrTake<P, CondVar>>("a timed waiter and one notify_one", 300000);
  check_met("a thread slept", coverage.sleeps);
  check_met("a deadline came", coverage.timeouts);
  check_met("a sleep ended for no reason", coverage.spurious);
  check<Broadcast<P, CondVar, 2>, Search::kContextBound>(
      "notify_all, 1 waiter, destroyed", 4000000, 4, kCalm);
  check<Broadcast<P, CondVar, 3>, Search::kContextBound>(
      "notify_all, 2 waiters, destroyed", 4000000, 2, kCalm);
}

}  // namespace parkway::model

#endif  // PARKWAY_TESTS_MODEL_COND_VAR_SUITES_H_
