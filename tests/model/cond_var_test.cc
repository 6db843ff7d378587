// CondVar, and the worker semaphore that it and the Sema* primitives stand on.
#include <chrono>

#include "parkway/cond_var_slow.h"
#include "parkway/futex_mutex_slow.h"
#include "tests/model/model_test.h"

namespace parkway::model {

using P = ModelPlatform<WeakMemory>;
using CondVar = BasicCondVar<P>;
using Mutex = BasicFutexMutex<P>;

// kThreads - 1 threads wait for a flag; the last of them to leave destroys the
// CondVar, which its notify_all, made with the mutex held, no longer needs.
template <int kThreads>
class Broadcast : public Suite<Broadcast<kThreads>, P, kThreads> {
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
  Mutex mutex_;
  Slot<CondVar> cond_var_;
  Plain<bool> flag_{false};
  Plain<int> left_{0};
};

// One item for each waiter and one notify_one for each item, without the mutex.
// A wait is never ended by anything but a notify.
class Items : public Suite<Items, P, 3> {
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
  Mutex mutex_;
  CondVar cond_var_;
  Plain<int> items_{0};
};

// A waiter with a deadline, one without, and one notify_one: it may not vanish
// with a waiter whose time was up. Whoever is notified in time passes it on.
class LeaveOrTake : public Suite<LeaveOrTake, P, 3> {
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

  Mutex mutex_;
  CondVar cond_var_;
  Plain<bool> waits_{false};
};

// Two wakeups for two sleeps, one of them timed: none is lost, none counts
// twice, and what was written before each is seen.
class Semaphore : public Suite<Semaphore, P, 3> {
 public:
  void thread(unsigned index) {
    if (index > 0) {
      data_[index - 1] = static_cast<int>(index);
      P::worker(0)->semaphore.wakeup();
      return;
    }
    auto& semaphore = P::worker(0)->semaphore;
    int taken = 0;
    while (taken < 2) {
      const bool timed = rl::rand(2) == 0;
      if (semaphore.sleep(timed ? kernel.clock + 1 : os::kForever)) {
        ++taken;
      } else {
        RL_ASSERT(timed);
      }
    }
    RL_ASSERT(data_[0] == 1 && data_[1] == 2);
    RL_ASSERT(!semaphore.sleep(kernel.clock));
  }

 private:
  Plain<int> data_[2] = {0, 0};
};

}  // namespace parkway::model

int main(int argc, char** argv) {
  using namespace parkway::model;
  constexpr Budget kCalm{0, 0, 0};
  start(argc, argv);
  check<Semaphore>("semaphore, 2 wakers", 300000);
  check<Broadcast<2>>("notify_all, 1 waiter, destroyed", 300000);
  check<Broadcast<3>>("notify_all, 2 waiters, destroyed", 300000);
  check<Items>("notify_one for each of 2 waiters", 300000);
  check<LeaveOrTake>("a timed waiter and one notify_one", 300000);
  check_met("a thread slept", coverage.sleeps);
  check_met("a deadline came", coverage.timeouts);
  check_met("a sleep ended for no reason", coverage.spurious);
  check<Semaphore, Search::kContextBound>("semaphore, 2 wakers", 4000000, 3,
                                          kCalm);
  check<Broadcast<2>, Search::kContextBound>("notify_all, 1 waiter, destroyed",
                                             4000000, 4, kCalm);
  check<Broadcast<3>, Search::kContextBound>("notify_all, 2 waiters, destroyed",
                                             4000000, 2, kCalm);
  return finish();
}
