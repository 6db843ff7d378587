// SPDX-License-Identifier: Apache-2.0

// Tasks for BasicWaiter: a scheduler and timers that do all that their
// contracts (parkway/task/scheduler.h, parkway/task/task_timer.h) let them do.
#ifndef PARKWAY_TESTS_MODEL_MODEL_SCHEDULER_H_
#define PARKWAY_TESTS_MODEL_MODEL_SCHEDULER_H_

#include <new>

#include "parkway/task/park_slow.h"
#include "tests/model/model_test.h"

namespace parkway::model {

// A thread of the model is one task and whatever workers it runs on. resume()
// may come at any step, from within suspended() on; the task goes on after it,
// and after suspended() has returned. Each suspension gets one resume().
template <class P>
class ModelScheduler {
 public:
  bool suspend(Suspension& suspension) noexcept {
    if (Kernel::maybe(kernel.budget.refuse, 8)) {
      ++coverage.refusals;
      return false;
    }
    ++coverage.suspensions;
    Task& task = tasks_[self()];
    task.state = State::kLeaving;
    suspension.suspended(&task);
    rl::context& c = rl::ctx();
    c.sched();
    if (task.state == State::kResumed) {
      ++coverage.early_resumes;
    } else {
      RL_ASSERT(task.state == State::kLeaving);
      task.state = State::kSuspended;
      task.thread = self();
      log("suspended", $);
      c.park_current_thread(false, false, false, $);
      RL_ASSERT(task.state == State::kResumed);
    }
    task.state = State::kRuns;
    // acquire: pairs with resume(). Of the newest value, as by any means that
    // a scheduler may have.
    task.resumes.fetch_add(0, std::memory_order_acquire);
    return true;
  }

  void resume(void* handle) noexcept {
    Task& task = *static_cast<Task*>(handle);
    task.resumes.fetch_add(1, std::memory_order_release);
    log("resume", $);
    const State before = task.state;
    RL_ASSERT(before == State::kLeaving || before == State::kSuspended);
    task.state = State::kResumed;
    if (before == State::kSuspended) {
      rl::ctx().unpark_thread(task.thread, false, $);
    }
  }

 private:
  // Changes between two scheduling points only.
  enum class State { kRuns, kLeaving, kSuspended, kResumed };
  struct Task {
    State state = State::kRuns;
    int thread = 0;
    typename P::template Atomic<std::uint32_t> resumes{0};
  };
  Task tasks_[kMaxThreads];
};

// Their thread is one of the model's. How late it is, is a matter of the
// schedule; it is never early, because a deadline has come when it says so.
template <class P>
class ModelTimers {
 public:
  using Timer = BasicTaskTimer<P>;

  void start(Timer& timer) {
    mutex_.lock($);
    if (count_ == kMaxThreads) std::abort();
    timers_[count_++] = &timer;
    changed_.notify_all($);
    mutex_.unlock($);
  }
  void stop(Timer& timer) {
    mutex_.lock($);
    for (int i = 0; i < count_; ++i) {
      if (timers_[i] == &timer) {
        take(i);
        break;
      }
    }
    mutex_.unlock($);
  }

  // One thread of the suite. Returns when `tasks` others have called done().
  void serve(int tasks) {
    for (;;) {
      mutex_.lock($);
      while (count_ == 0 && done_ < tasks) changed_.wait(mutex_, $);
      if (count_ == 0) {
        mutex_.unlock($);
        return;
      }
      Timer* const timer = take(count_ > 1 ? rl::rand(count_) : 0);
      if (kernel.clock < timer->deadline) kernel.clock = timer->deadline;
      typename Timer::Expired expired;
      const bool resumes = timer->expire(expired);
      mutex_.unlock($);
      ++(resumes ? coverage.expired : coverage.overtaken);
      if (resumes) expired.scheduler->resume(expired.task);
    }
  }
  void done() {
    mutex_.lock($);
    ++done_;
    changed_.notify_all($);
    mutex_.unlock($);
  }

 private:
  Timer* take(int index) {
    Timer* const timer = timers_[index];
    timers_[index] = timers_[--count_];
    return timer;
  }

  rl::mutex mutex_;
  rl::condition_variable_any changed_;
  Timer* timers_[kMaxThreads] = {};
  int count_ = 0;
  int done_ = 0;
};

// A Suite some of whose threads are tasks.
template <class Derived, class P, int kThreads>
class TaskSuite : public Suite<Derived, P, kThreads> {
 public:
  TaskSuite() {
    new (&P::scheduler()) ModelScheduler<P>();
    new (&P::timers()) ModelTimers<P>();
  }
  ~TaskSuite() {
    P::timers().~ModelTimers<P>();
    P::scheduler().~ModelScheduler<P>();
  }

 protected:
  // The calling thread is a task from now on.
  static void become_task() { kernel.in_task[self()] = true; }
};

}  // namespace parkway::model

#endif  // PARKWAY_TESTS_MODEL_MODEL_SCHEDULER_H_
