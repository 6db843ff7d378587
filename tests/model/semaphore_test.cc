// SPDX-License-Identifier: Apache-2.0

// BasicSemaphore. Who starves is the model's free choice.
#include <chrono>

#include "parkway/lock/futex_mutex_slow.h"
#include "parkway/lock/semaphore_slow.h"
#include "tests/model/mutex_suites.h"

namespace parkway::model {

// Whatever is there in the end, by taking it.
template <class Semaphore>
int permits_of(Semaphore& semaphore) {
  int permits = 0;
  while (semaphore.try_acquire()) ++permits;
  return permits;
}

// As a mutex: one permit, and each gives back what it takes.
template <class P, int kThreads, int kRounds>
class OnePermit : public Suite<OnePermit<P, kThreads, kRounds>, P, kThreads> {
 public:
  void thread(unsigned) {
    for (int i = 0; i < kRounds; ++i) {
      semaphore_.acquire();
      data_.enter();
      semaphore_.release();
    }
  }
  void after() {
    RL_ASSERT(data_.count() == kThreads * kRounds);
    RL_ASSERT(permits_of(semaphore_) == 1);
    RL_ASSERT(!BasicAddressWaiter<P>::may_have_waiters(&semaphore_));
  }

 private:
  BasicSemaphore<P> semaphore_{1};
  Protected data_;
};

// Thread 0 gives kTakers permits, kAtOnce in a call; each of the others takes
// one, the first kTimed only if it comes in time. What they leave is there.
template <class P, int kTakers, int kTimed, int kAtOnce>
class Takers
    : public Suite<Takers<P, kTakers, kTimed, kAtOnce>, P, kTakers + 1> {
 public:
  void thread(unsigned index) {
    if (index == 0) {
      data_ = 1;
      for (int given = 0; given < kTakers; given += kAtOnce) {
        semaphore_.release(kAtOnce);
      }
      return;
    }
    if (index > static_cast<unsigned>(kTimed)) {
      semaphore_.acquire();
    } else if (!semaphore_.try_acquire_for(kShort)) {
      return;
    }
    RL_ASSERT(data_ == 1);
    ++taken_[index];
  }
  void after() {
    int taken = 0;
    for (int n : taken_) taken += n;
    for (int i = kTimed; i < kTakers; ++i) RL_ASSERT(taken_[i + 1] == 1);
    RL_ASSERT(permits_of(semaphore_) == kTakers - taken);
    RL_ASSERT(!BasicAddressWaiter<P>::may_have_waiters(&semaphore_));
  }

 private:
  BasicSemaphore<P> semaphore_{0};
  Plain<int> data_{0};
  int taken_[kTakers + 1] = {};
};

// As a mutex, with threads that give up and one that comes back: those that
// wait lose their permits to it.
template <class P, int kThreads, int kTimed>
class Barging : public Suite<Barging<P, kThreads, kTimed>, P, kThreads> {
 public:
  void thread(unsigned index) {
    const bool timed = index < static_cast<unsigned>(kTimed);
    const bool again = index + 1 == kThreads;
    for (int i = 0; i < (again ? 2 : 1); ++i) {
      if (timed) {
        if (!semaphore_.try_acquire_for(kShort)) continue;
      } else {
        semaphore_.acquire();
      }
      data_.enter();
      semaphore_.release();
    }
  }
  void after() {
    RL_ASSERT(data_.count() >= kThreads + 1 - kTimed);
    RL_ASSERT(permits_of(semaphore_) == 1);
  }

 private:
  BasicSemaphore<P> semaphore_{1};
  Protected data_;
};

// Whoever has got the last permit destroys the semaphore at once.
template <class P, bool kTimed>
class Destroyed : public Suite<Destroyed<P, kTimed>, P, 2> {
 public:
  void thread(unsigned index) {
    if (index == 0) {
      data_ = 1;
      semaphore_->release();
      return;
    }
    if (!kTimed || (!semaphore_->try_acquire_for(kShort) &&
                    !semaphore_->try_acquire_for(kShort))) {
      semaphore_->acquire();
    }
    RL_ASSERT(data_ == 1);
    semaphore_.destroy();
  }

 private:
  struct Semaphore : BasicSemaphore<P> {
    Semaphore() : BasicSemaphore<P>(0) {}
  };
  Slot<Semaphore> semaphore_;
  Plain<int> data_{0};
};

template <class K>
void check_semaphore() {
  using P = ModelPlatform<K>;
  check<OnePermit<P, 2, 2>>("1 permit, 2 threads twice", 200000);
  check<OnePermit<P, 3, 1>>("1 permit, 3 threads", 200000);
  check<Takers<P, 2, 0, 1>>("2 takers", 200000);
  check<Takers<P, 2, 0, 2>>("2 takers, permits at once", 200000);
  check<Takers<P, 2, 1, 1>>("2 takers, 1 timed", 200000);
  check<Takers<P, 3, 1, 1>>("3 takers, 1 timed", 200000);
  check<Barging<P, 3, 0>>("barging", 300000);
  check<Barging<P, 3, 1>>("barging, 1 timed", 300000);
  check<Barging<P, 3, 2>>("barging, 2 timed", 300000);
  check<Destroyed<P, false>>("destroyed", 100000);
  check<Destroyed<P, true>>("destroyed, timed", 100000);
  check_met("a thread slept", coverage.sleeps);
  check_met("a deadline came", coverage.timeouts);
}

}  // namespace parkway::model

int main(int argc, char** argv) {
  using namespace parkway::model;
  using P = ModelPlatform<WeakMemory>;
  constexpr Budget kCalm{0, 0, 0};
  constexpr Budget kStarves{0, 0, 1};
  start(argc, argv);
  check_semaphore<WeakMemory>();
  check<Takers<P, 2, 1, 1>, Search::kContextBound>("2 takers, 1 timed", 500000,
                                                   2, kCalm);
  check<OnePermit<P, 2, 2>, Search::kContextBound>("1 permit, 2 threads twice",
                                                   500000, 2, kStarves);
  const Shorter shorter(3, 3);
  check_semaphore<NoBarrier>();
  check_semaphore<WeakNoBarrier>();
  check_semaphore<OnlySemaphoresNoBarrier>();
  return finish();
}
