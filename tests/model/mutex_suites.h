// SPDX-License-Identifier: Apache-2.0

// What is asked of every mutex.
#ifndef PARKWAY_TESTS_MODEL_MUTEX_SUITES_H_
#define PARKWAY_TESTS_MODEL_MUTEX_SUITES_H_

#include <chrono>
#include <type_traits>
#include <utility>

#include "tests/model/model_test.h"

namespace parkway::model {

inline constexpr std::chrono::nanoseconds kShort{1};

// Data that a mutex protects: Relacy reports two threads in the section, and a
// section whose writes the next one does not see.
class Protected {
 public:
  void enter() {
    RL_ASSERT(!inside_);
    inside_ = true;
    for (int i = 0; i < 2; ++i) rl::ctx().sched();  // long enough to wait for
    ++count_;
    inside_ = false;
  }
  int count() const { return count_; }

 private:
  Plain<bool> inside_{false};
  Plain<int> count_{0};
};

template <class Mutex, class = void>
struct HasTryLock : std::false_type {};
template <class Mutex>
struct HasTryLock<Mutex,
                  std::void_t<decltype(std::declval<Mutex&>().try_lock())>>
    : std::true_type {};

// Each of kThreads threads locks kRounds times. A lost wakeup is a deadlock.
template <class P, class Mutex, int kThreads, int kRounds>
class Exclusion
    : public Suite<Exclusion<P, Mutex, kThreads, kRounds>, P, kThreads> {
 public:
  void thread(unsigned) {
    for (int i = 0; i < kRounds; ++i) {
      mutex_.lock();
      data_.enter();
      mutex_.unlock();
    }
  }
  void after() {
    RL_ASSERT(data_.count() == kThreads * kRounds);
    this->expect_no_sleepers();
    if constexpr (HasTryLock<Mutex>::value) {
      RL_ASSERT(mutex_.try_lock());
      RL_ASSERT(!mutex_.try_lock());
    } else {
      mutex_.lock();
    }
    mutex_.unlock();
  }

 private:
  Mutex mutex_;
  Protected data_;
};

// The first kTimed of kThreads threads give up after a moment, then try once
// more; the others stay.
template <class P, class Mutex, int kThreads, int kTimed>
class Timed : public Suite<Timed<P, Mutex, kThreads, kTimed>, P, kThreads> {
 public:
  void thread(unsigned index) {
    const bool timed = index < static_cast<unsigned>(kTimed);
    for (int i = 0; i < (timed ? 2 : 1); ++i) {
      if (!timed) {
        mutex_.lock();
      } else if (!mutex_.try_lock_for(kShort)) {
        continue;
      }
      data_.enter();
      ++taken_[index];
      mutex_.unlock();
    }
  }
  void after() {
    int taken = 0;
    for (int n : taken_) taken += n;
    RL_ASSERT(data_.count() == taken);
    for (int i = kTimed; i < kThreads; ++i) RL_ASSERT(taken_[i] == 1);
    this->expect_free(mutex_);
  }

 private:
  Mutex mutex_;
  Protected data_;
  int taken_[kThreads] = {};
};

// One thread locks, one tries, one waits with a deadline by its own clock; or
// tries, like the other, where there are no deadlines.
template <class P, class Mutex, bool kTimed = true>
class Mixed : public Suite<Mixed<P, Mutex, kTimed>, P, 3> {
 public:
  struct Clock {
    using rep = std::int64_t;
    using period = std::nano;
    using duration = std::chrono::nanoseconds;
    using time_point = std::chrono::time_point<Clock>;
    static time_point now() { return time_point(duration(P::now())); }
  };
  void thread(unsigned index) {
    if (index == 0) {
      mutex_.lock();
    } else if (index == 1 || !kTimed) {
      if (!mutex_.try_lock()) return;
    } else if constexpr (kTimed) {
      if (!mutex_.try_lock_until(Clock::now() + kShort)) return;
    }
    data_.enter();
    mutex_.unlock();
  }
  void after() {
    RL_ASSERT(data_.count() >= 1);
    RL_ASSERT(mutex_.try_lock());
    mutex_.unlock();
  }

 private:
  Mutex mutex_;
  Protected data_;
};

// The last of kThreads threads to lock the mutex destroys it as soon as it has
// unlocked it. The others' unlocks may not touch it any more.
template <class P, class Mutex, int kThreads>
class Destroy : public Suite<Destroy<P, Mutex, kThreads>, P, kThreads> {
 public:
  void thread(unsigned) {
    mutex_->lock();
    data_.enter();
    const bool last = data_.count() == kThreads;
    mutex_->unlock();
    if (last) mutex_.destroy();
  }
  void after() { RL_ASSERT(data_.count() == kThreads); }

 private:
  Slot<Mutex> mutex_;
  Protected data_;
};

}  // namespace parkway::model

#endif  // PARKWAY_TESTS_MODEL_MUTEX_SUITES_H_
