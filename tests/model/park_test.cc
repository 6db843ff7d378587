// SPDX-License-Identifier: Apache-2.0

// BasicWaiter: threads and tasks that park, with and without a deadline.
#include "tests/model/model_scheduler.h"

namespace parkway::model {

enum class Who { kThread, kTask };

// Each waiter is readied once, at any time, with data, and is gone as soon as
// its wait has consumed that. With kTimed its owner gives up before it waits
// for good. One thread readies, kWaiters wait, and one is the timers'.
template <class P, Who kWho, bool kTimed, int kWaiters>
class HandOver
    : public TaskSuite<HandOver<P, kWho, kTimed, kWaiters>, P, kWaiters + 2> {
 public:
  void thread(unsigned index) {
    if (index == 0) {
      for (int round = 0; round < kRounds; ++round) {
        for (int i = 0; i < kWaiters; ++i) {
          data_[i][round].value = round + 1;
          waiters_[i][round]->ready();
        }
      }
    } else if (index == kWaiters + 1) {
      P::timers().serve(kWaiters);
    } else {
      if (kWho == Who::kTask) this->become_task();
      for (int round = 0; round < kRounds; ++round) {
        receive(static_cast<int>(index) - 1, round);
      }
      P::timers().done();
    }
  }

 private:
  // The second wait finds what the first one leaves behind.
  static constexpr int kRounds = kWaiters > 1 ? 1 : 2;

  void receive(int me, int round) {
    auto& waiter = waiters_[me][round];
    if (!kTimed || (!waiter->wait(P::now() + 1) && !waiter->wait(P::now()))) {
      RL_ASSERT(waiter->wait(os::kForever));
    }
    RL_ASSERT(data_[me][round].value == round + 1);
    RL_ASSERT(!waiter->readied());
    waiter.destroy();
  }

  Slot<BasicWaiter<P>> waiters_[kWaiters][kRounds];
  struct Datum {
    Plain<int> value{0};
  };
  Datum data_[kWaiters][kRounds];
};

// One waiter again and again: published, then readied by whoever takes it, or
// taken back when its time is up.
template <class P, Who kWho>
class TakenBack : public TaskSuite<TakenBack<P, kWho>, P, 3> {
 public:
  void thread(unsigned index) {
    if (index == 0) {
      for (int i = 0; i < 2; ++i) {
        if (!take()) continue;
        ++readied_;
        waiter_.ready();
      }
    } else if (index == 2) {
      P::timers().serve(1);
    } else {
      if (kWho == Who::kTask) this->become_task();
      for (int i = 0; i < 3; ++i) {
        published_.store(1, std::memory_order_release);
        if (waiter_.wait(P::now() + 1)) {
          ++woken_;
        } else if (!take()) {
          // The ready can't be stopped any more.
          RL_ASSERT(waiter_.wait(os::kForever));
          ++woken_;
        }
      }
      RL_ASSERT(woken_ == readied_);
      RL_ASSERT(!waiter_.wait(P::now()));
      P::timers().done();
    }
  }

 private:
  bool take() {
    int published = 1;
    return published_.compare_exchange_strong(published, 0,
                                              std::memory_order_acq_rel);
  }

  BasicWaiter<P> waiter_;
  typename P::template Atomic<int> published_{0};
  Plain<int> readied_{0};
  Plain<int> woken_{0};
};

// park() with commit: the lock that guards the list is released when a ready is
// not lost any more.
template <class P, Who kWho>
class Commits : public TaskSuite<Commits<P, kWho>, P, 3> {
 public:
  void thread(unsigned index) {
    if (index == 0) {
      for (int left = 2; left > 0;) {
        mutex_.lock($);
        BasicWaiter<P>* const waiter = listed_;
        listed_ = nullptr;
        mutex_.unlock($);
        if (waiter == nullptr) {
          P::yield();
          continue;
        }
        waiter->ready();
        --left;
      }
      return;
    }
    if (kWho == Who::kTask) this->become_task();
    Slot<BasicWaiter<P>> waiter;
    for (;;) {
      mutex_.lock($);
      if (listed_ == nullptr) break;
      mutex_.unlock($);
      P::yield();
    }
    listed_ = &*waiter;
    mutex_.unlock($);
    RL_ASSERT(waiter->wait(os::kForever));
    waiter.destroy();
  }

 private:
  rl::mutex mutex_;
  Plain<BasicWaiter<P>*> listed_{nullptr};
};

template <class K>
void check_park() {
  using P = ModelPlatform<K>;
  constexpr Who kTask = Who::kTask;
  constexpr Who kThread = Who::kThread;
  constexpr Budget kCalm{0, 0, 0};
  check<HandOver<P, kTask, false, 1>>("a task", 300000);
  check<HandOver<P, kTask, true, 1>>("a task, timed", 300000);
  check<HandOver<P, kTask, true, 2>>("2 tasks, timed", 300000);
  check<TakenBack<P, kTask>>("a task, taken back", 300000);
  check<Commits<P, kTask>>("2 tasks in a list", 300000);
  check_met("a task was suspended", coverage.suspensions);
  check_met("a task was resumed before it was left", coverage.early_resumes);
  check_met("a timer resumed a task", coverage.expired);
  check_met("a timer came too late", coverage.overtaken);
  check_met("a scheduler refused", coverage.refusals);
  check<HandOver<P, kThread, false, 1>>("a thread", 300000);
  check<HandOver<P, kThread, true, 1>>("a thread, timed", 300000);
  check<TakenBack<P, kThread>>("a thread, taken back", 300000);
  check_met("a thread slept", coverage.sleeps);
  check_met("a deadline came", coverage.timeouts);
  check_met("a sleep ended for no reason", coverage.spurious);
  check<HandOver<P, kTask, false, 1>, Search::kContextBound>("a task", 500000,
                                                             4, kCalm);
  check<HandOver<P, kTask, true, 1>, Search::kContextBound>("a task, timed",
                                                            500000, 3, kCalm);
  check<HandOver<P, kThread, true, 1>, Search::kContextBound>("a thread, timed",
                                                              500000, 3, kCalm);
}

}  // namespace parkway::model

int main(int argc, char** argv) {
  using namespace parkway::model;
  start(argc, argv);
  check_park<WeakMemory>();
  const Shorter shorter(3, 6);
  check_park<OnlySemaphoresNoBarrier>();
  return finish();
}
