// SPDX-License-Identifier: Apache-2.0

// RwMutex and RwCondVar under one kind of memory.
#ifndef PARKWAY_TESTS_MODEL_RW_MUTEX_SUITES_H_
#define PARKWAY_TESTS_MODEL_RW_MUTEX_SUITES_H_

#include "parkway/lock/rw_cond_var_slow.h"
#include "parkway/lock/rw_mutex_slow.h"
#include "tests/model/shared_mutex_suites.h"

namespace parkway::model {

// A Predicate: the number is at least `least`.
struct AtLeast {
  const Plain<int>* number;
  int least;

  Predicate predicate() const {
    return {[](const void* c) {
              const auto* self = static_cast<const AtLeast*>(c);
              return *self->number >= self->least;
            },
            [](const void* a, const void* b) {
              const auto* x = static_cast<const AtLeast*>(a);
              const auto* y = static_cast<const AtLeast*>(b);
              return x->number == y->number && x->least == y->least;
            },
            this};
  }
};

// Thread 0 counts to kWaiters; each of the others waits for its number, the
// first kShared of them as readers, the last kTimed with a deadline.
template <class P, int kWaiters, int kShared, int kTimed>
class Awaiting
    : public Suite<Awaiting<P, kWaiters, kShared, kTimed>, P, kWaiters + 1> {
 public:
  void thread(unsigned index) {
    if (index == 0) {
      for (int i = 0; i < kWaiters; ++i) {
        mutex_.lock();
        ++number_;
        mutex_.unlock();
      }
      return;
    }
    const bool shared = index <= static_cast<unsigned>(kShared);
    const bool timed = index > static_cast<unsigned>(kWaiters - kTimed);
    const AtLeast enough{&number_, static_cast<int>(index)};
    shared ? mutex_.lock_shared() : mutex_.lock();
    const bool said = mutex_.await(enough.predicate(),
                                   timed ? P::now() + 1 : os::kForever, shared);
    RL_ASSERT(said == (number_ >= enough.least));
    RL_ASSERT(said || timed);
    shared ? mutex_.unlock_shared() : mutex_.unlock();
  }
  void after() { this->expect_free(mutex_); }

 private:
  BasicRwMutex<P> mutex_;
  Plain<int> number_{0};
};

// As the mix of tests/stress: waiters for a number that comes round again, as
// readers or writers, whose conditions lock another mutex; and a writer that
// counts, and then says that it is done.
template <class P, int kWaiters, int kShared, bool kInner>
class AwaitingRounds
    : public Suite<AwaitingRounds<P, kWaiters, kShared, kInner>, P,
                   kWaiters + 1> {
 public:
  void thread(unsigned index) {
    if (index == 0) {
      for (int i = 0; i < 3; ++i) {
        mutex_.lock();
        ++number_;
        done_ = i == 2;
        mutex_.unlock();
      }
      return;
    }
    const Goal goal{this, static_cast<int>(index)};
    for (int i = 0; i < 2; ++i) {
      const bool shared =
          index <= static_cast<unsigned>(kShared) || (kShared < 0 && i == 0);
      shared ? mutex_.lock_shared() : mutex_.lock();
      RL_ASSERT(mutex_.await(goal.predicate(), os::kForever, shared));
      shared ? mutex_.unlock_shared() : mutex_.unlock();
    }
  }
  void after() { this->expect_free(mutex_); }

 private:
  struct Goal {
    AwaitingRounds* suite;
    int rest;
    Predicate predicate() const {
      return {[](const void* c) {
                const auto* self = static_cast<const Goal*>(c);
                return self->suite->reached(self->rest);
              },
              [](const void* a, const void* b) { return a == b; }, this};
    }
  };
  bool reached(int rest) {
    if (kInner) {
      inner_.lock();
      inner_.unlock();
    }
    return done_ || number_ % 2 == rest % 2;
  }

  BasicRwMutex<P> mutex_;
  BasicRwMutex<P> inner_;
  Plain<int> number_{0};
  Plain<bool> done_{false};
};

// A downgrade while another waits for a condition that the writer has made
// true.
template <class P, bool kShared>
class DowngradedAwaited : public Suite<DowngradedAwaited<P, kShared>, P, 3> {
 public:
  void thread(unsigned index) {
    if (index != 1) {
      mutex_.lock();
      if (index == 0) ++number_;
      mutex_.downgrade();
      rl::ctx().sched();
      mutex_.unlock_shared();
      return;
    }
    const AtLeast one{&number_, 1};
    kShared ? mutex_.lock_shared() : mutex_.lock();
    RL_ASSERT(mutex_.await(one.predicate(), os::kForever, kShared));
    kShared ? mutex_.unlock_shared() : mutex_.unlock();
  }
  void after() { this->expect_no_sleepers(); }

 private:
  BasicRwMutex<P> mutex_;
  Plain<int> number_{0};
};

// The same condition for all waiters: one writer makes it true, once.
template <class P, int kWaiters, int kTimed>
class AwaitingOne
    : public Suite<AwaitingOne<P, kWaiters, kTimed>, P, kWaiters + 1> {
 public:
  void thread(unsigned index) {
    if (index == 0) {
      mutex_.lock();
      number_ = 1;
      mutex_.unlock();
      return;
    }
    const bool timed = index <= static_cast<unsigned>(kTimed);
    const AtLeast one{&number_, 1};
    mutex_.lock();
    const bool said = mutex_.await(one.predicate(),
                                   timed ? P::now() + 1 : os::kForever, false);
    RL_ASSERT(said || timed);
    mutex_.unlock();
  }
  void after() { this->expect_no_sleepers(); }

 private:
  BasicRwMutex<P> mutex_;
  Plain<int> number_{0};
};

// A condition that stays false, and a mutex that nobody may use again: the
// waiter has to come back by itself.
template <class P>
class AwaitingInVain : public Suite<AwaitingInVain<P>, P, 2> {
 public:
  void thread(unsigned index) {
    const bool shared = index == 1;
    const AtLeast never{&number_, 1};
    shared ? mutex_.lock_shared() : mutex_.lock();
    if (index == 1) {
      RL_ASSERT(!mutex_.await(never.predicate(), P::now() + 1, shared));
    }
    shared ? mutex_.unlock_shared() : mutex_.unlock();
  }
  void after() { this->expect_no_sleepers(); }

 private:
  BasicRwMutex<P> mutex_;
  Plain<int> number_{0};
};

// A writer waits for a condition and gives up, while a reader that leaves goes
// through the queue and finds another reader's condition behind.
template <class P>
class GivesUp : public Suite<GivesUp<P>, P, 3> {
 public:
  void thread(unsigned index) {
    const AtLeast one{&number_, 1};
    if (index == 0) {
      mutex_.lock_shared();
      mutex_.unlock_shared();
    } else if (index == 1) {
      mutex_.lock_shared();
      RL_ASSERT(mutex_.await(one.predicate(), os::kForever, true));
      mutex_.unlock_shared();
    } else {
      const AtLeast two{&number_, 2};
      mutex_.lock();
      RL_ASSERT(!mutex_.await(two.predicate(), P::now() + 1, false));
      number_ = 1;
      mutex_.unlock();
    }
  }
  void after() { this->expect_free(mutex_); }

 private:
  BasicRwMutex<P> mutex_;
  Plain<int> number_{0};
};

// A notify without the mutex, while a third thread holds and releases it. The
// waiter is a writer, or a reader like the third thread at times.
template <class P, bool kShared>
class NotifiedBeside : public Suite<NotifiedBeside<P, kShared>, P, 3> {
 public:
  void thread(unsigned index) {
    if (index == 2) {
      for (int i = 0; i < 2; ++i) {
        const bool shared = kShared && i == 0;
        shared ? mutex_.lock_shared() : mutex_.lock();
        rl::ctx().sched();
        shared ? mutex_.unlock_shared() : mutex_.unlock();
      }
      return;
    }
    const bool shared = kShared && index == 1;
    shared ? mutex_.lock_shared() : mutex_.lock();
    if (index == 0) {
      flag_ = true;
    } else {
      while (!flag_) changed_.wait(mutex_, shared, os::kForever);
    }
    shared ? mutex_.unlock_shared() : mutex_.unlock();
    if (index == 0) changed_.notify_one();
  }
  void after() { this->expect_no_sleepers(); }

 private:
  BasicRwMutex<P> mutex_;
  BasicRwCondVar<P> changed_;
  Plain<bool> flag_{false};
};

// A reader begins to wait on a condition variable. Its release evaluates
// another's condition, which waits for a mutex whose owner notifies: one wait
// within another, both about to be woken.
template <class P>
class NotifiedInCondition : public Suite<NotifiedInCondition<P>, P, 3> {
 public:
  void thread(unsigned index) {
    if (index == 0) {
      inner_.lock();
      inside_.enter();
      changed_.notify_one();
      rl::ctx().sched();
      inner_.unlock();
      mutex_.lock();
      flag_ = true;
      mutex_.unlock();
      changed_.notify_all();
    } else if (index == 1) {
      mutex_.lock_shared();
      while (!flag_) changed_.wait(mutex_, true, os::kForever);
      mutex_.unlock_shared();
    } else {
      mutex_.lock();
      mutex_.await({&flag_is_set, &same, this}, os::kForever, false);
      RL_ASSERT(flag_);
      mutex_.unlock();
    }
  }
  void after() { this->expect_no_sleepers(); }

 private:
  static bool flag_is_set(const void* self) {
    auto* const suite =
        static_cast<NotifiedInCondition*>(const_cast<void*>(self));
    suite->inner_.lock();
    suite->inside_.enter();
    suite->inner_.unlock();
    return suite->flag_;
  }
  static bool same(const void* a, const void* b) { return a == b; }

  BasicRwMutex<P> mutex_;
  BasicRwMutex<P> inner_;
  BasicRwCondVar<P> changed_;
  Protected inside_;
  Plain<bool> flag_{false};
};

// kWaiters wait on a condition variable for one item each, the first kTimed
// with a deadline; thread 0 makes the items, notifying with or without the
// mutex.
template <class P, int kWaiters, int kTimed, bool kHeld, bool kAll>
class Notified : public Suite<Notified<P, kWaiters, kTimed, kHeld, kAll>, P,
                              kWaiters + 1> {
 public:
  void thread(unsigned index) {
    if (index == 0) {
      for (int i = 0; i < kWaiters; ++i) {
        mutex_.lock();
        ++items_;
        if (kHeld) notify();
        mutex_.unlock();
        if (!kHeld) notify();
      }
      return;
    }
    const bool timed = index <= static_cast<unsigned>(kTimed);
    mutex_.lock();
    while (items_ == 0) {
      const bool notified =
          changed_.wait(mutex_, false, timed ? P::now() + 1 : os::kForever);
      RL_ASSERT(notified || timed);
    }
    --items_;
    mutex_.unlock();
  }
  void after() {
    RL_ASSERT(items_ == 0);
    this->expect_no_sleepers();
  }

 private:
  void notify() { kAll ? changed_.notify_all() : changed_.notify_one(); }

  BasicRwMutex<P> mutex_;
  BasicRwCondVar<P> changed_;
  Plain<int> items_{0};
};

template <class K>
void check_rw_mutex() {
  using P = ModelPlatform<K>;
  using Mutex = BasicRwMutex<P>;
  constexpr Budget kCalm{0, 0, 0};
  check<Exclusion<P, Mutex, 2, 2>>("writers, 2 twice", 100000);
  check<Exclusion<P, Mutex, 3, 1>>("writers, 3", 100000);
  check<Readers<P, Mutex, 2, 1, 2>>("1 writer, 1 reader, twice", 100000);
  check<Readers<P, Mutex, 3, 1, 1>>("1 writer, 2 readers", 100000);
  check<Readers<P, Mutex, 3, 2, 1>>("2 writers, 1 reader", 100000);
  check<Readers<P, Mutex, 4, 2, 1>>("2 writers, 2 readers", 100000);
  check<Upgraded<P, Mutex, 2, 0>>("upgrade, 2", 100000);
  check<Upgraded<P, Mutex, 3, 0>>("upgrade, 3", 100000);
  check<Upgraded<P, Mutex, 3, 1>>("upgrade, 2 and a writer", 100000);
  check<Downgraded<P, Mutex, 1>>("downgrade, 1 reader", 100000);
  check<Downgraded<P, Mutex, 2>>("downgrade, 2 readers", 100000);
  check<DowngradedAwaited<P, true>>("downgrade, a condition", 100000);
  check<DowngradedAwaited<P, false>>("downgrade, a writer's condition", 100000);
  check<Awaiting<P, 1, 0, 0>>("await, 1", 100000);
  check<Awaiting<P, 1, 1, 0>>("await, 1 reader", 100000);
  check<Awaiting<P, 2, 1, 0>>("await, 1 reader and 1 writer", 100000);
  check<Awaiting<P, 2, 1, 1>>("await, the writer timed", 100000);
  check<Awaiting<P, 2, 2, 1>>("await, 2 readers, 1 timed", 100000);
  check<Awaiting<P, 3, 1, 1>>("await, 3, 1 timed", 100000);
  check<AwaitingRounds<P, 2, 1, true>>("await rounds, a reader and a writer",
                                       100000);
  check<AwaitingRounds<P, 2, 2, true>>("await rounds, 2 readers", 100000);
  check<AwaitingRounds<P, 2, 0, true>>("await rounds, 2 writers", 100000);
  check<AwaitingRounds<P, 3, -1, false>>("await rounds, 3", 100000);
  check<GivesUp<P>>("one that waits behind another gives up", 300000);
  check<AwaitingOne<P, 2, 0>>("await the same, 2", 100000);
  check<AwaitingOne<P, 3, 1>>("await the same, 3, 1 timed", 100000);
  check<AwaitingInVain<P>>("await in vain", 100000);
  check<NotifiedBeside<P, false>>("notify_one beside a holder", 200000);
  check<NotifiedBeside<P, true>>("notify_one beside a holder, a reader",
                                 200000);
  check<NotifiedInCondition<P>>("notified in a condition", 200000);
  check<Notified<P, 1, 0, true, false>>("notify_one held, 1", 100000);
  check<Notified<P, 1, 0, false, false>>("notify_one, 1", 100000);
  check<Notified<P, 2, 1, true, false>>("notify_one held, 2, 1 timed", 100000);
  check<Notified<P, 2, 0, true, true>>("notify_all held, 2", 100000);
  check<Notified<P, 2, 1, false, true>>("notify_all, 2, 1 timed", 100000);
  check<Destroy<P, Mutex, 2>>("destroyed by the last of 2", 100000);
  check<Destroy<P, Mutex, 3>>("destroyed by the last of 3", 100000);
  check<DestroyShared<P, Mutex, 2>>("destroyed after a reader", 100000);
  check_met("a thread slept", coverage.sleeps);
  check_met("a deadline came", coverage.timeouts);
  if (K::kHasBarrier) {
    check_met("a release found a sleeper late", coverage.late_looks);
    check_met("a sleeper needed no barrier", coverage.eras_joined);
    check_met("a slot became quiet", coverage.calms);
  }
  check<Exclusion<P, Mutex, 2, 1>, Search::kContextBound>("writers, 2", 300000,
                                                          4, kCalm);
  check<Readers<P, Mutex, 2, 1, 1>, Search::kContextBound>("1 writer, 1 reader",
                                                           100000, 4, kCalm);
  check<Awaiting<P, 1, 0, 0>, Search::kContextBound>("await, 1", 300000, 4,
                                                     kCalm);
  check<Notified<P, 1, 0, true, false>, Search::kContextBound>(
      "notify_one held, 1", 100000, 4, kCalm);
}

}  // namespace parkway::model

#endif  // PARKWAY_TESTS_MODEL_RW_MUTEX_SUITES_H_
