// SPDX-License-Identifier: Apache-2.0

// FutexMutex, or ByteMutex, under one form of its release.
#ifndef PARKWAY_TESTS_MODEL_FUTEX_MUTEX_SUITES_H_
#define PARKWAY_TESTS_MODEL_FUTEX_MUTEX_SUITES_H_

#include "parkway/lock/byte_mutex.h"
#include "parkway/lock/futex_mutex_slow.h"
#include "parkway/wait/address_wait_slow.h"
#include "tests/model/mutex_suites.h"

namespace parkway::model {

// Threads that a condition variable has let go.
template <class P, class Mutex, int kThreads, int kRounds>
class Crowd : public Suite<Crowd<P, Mutex, kThreads, kRounds>, P, kThreads> {
 public:
  void thread(unsigned) {
    for (int i = 0; i < kRounds; ++i) {
      const internal::Notified<P> hint;
      mutex_.lock();
      data_.enter();
      mutex_.unlock();
    }
  }
  void after() {
    RL_ASSERT(data_.count() == kThreads * kRounds);
    this->expect_no_sleepers();
  }

 private:
  Mutex mutex_;
  Protected data_;
};

template <class K, template <class> class M = BasicFutexMutex>
void check_futex_mutex_random(std::uint64_t share = 1) {
  using P = ModelPlatform<K>;
  using Mutex = M<P>;
  check<Exclusion<P, Mutex, 2, 2>>("exclusion, 2 threads twice",
                                   300000 / share);
  check<Exclusion<P, Mutex, 3, 1>>("exclusion, 3 threads", 300000 / share);
  check<Exclusion<P, Mutex, 3, 2>>("exclusion, 3 threads twice",
                                   300000 / share);
  check<Crowd<P, Mutex, 3, 2>>("a crowd of 3", 300000 / share);
  check<Crowd<P, Mutex, 4, 1>>("a crowd of 4", 300000 / share);
  check<Timed<P, Mutex, 2, 1>>("1 of 2 timed", 300000 / share);
  check<Timed<P, Mutex, 3, 1>>("1 of 3 timed", 300000 / share);
  check<Timed<P, Mutex, 3, 2>>("2 of 3 timed", 1000000 / share);
  check<Timed<P, Mutex, 4, 2>>("2 of 4 timed", 300000 / share);
  check<Mixed<P, Mutex>>("lock, try_lock, try_lock_until", 300000 / share);
  check<Destroy<P, Mutex, 2>>("destroyed after the last of 2", 300000 / share);
  check<Destroy<P, Mutex, 3>>("destroyed after the last of 3", 300000 / share);
  check_met("a thread slept", coverage.sleeps);
  check_met("a deadline came", coverage.timeouts);
  check_met("a sleep ended for no reason", coverage.spurious);
  check_met("the lock was granted to a starving waiter", coverage.grants);
  check_met("the lock was passed to a starving watcher", coverage.passes);
  check_met("an unlock relied on a watcher", coverage.unwoken);
  check_met("one of a crowd found nobody", coverage.crowds);
}

template <class K, template <class> class M = BasicFutexMutex>
void check_futex_mutex_search(std::uint64_t share = 1) {
  using P = ModelPlatform<K>;
  using Mutex = M<P>;
  constexpr Budget kCalm{0, 0, 0};
  check<Exclusion<P, Mutex, 2, 1>, Search::kFull>("exclusion, 2 threads",
                                                  1000000 / share, 0, kCalm);
  check<Exclusion<P, Mutex, 2, 1>, Search::kContextBound>(
      "exclusion, 2 threads", 1000000 / share, 5);
  check<Exclusion<P, Mutex, 3, 1>, Search::kContextBound>(
      "exclusion, 3 threads", 700000 / share, 3);
  check<Crowd<P, Mutex, 3, 1>, Search::kContextBound>("a crowd of 3",
                                                      700000 / share, 3);
  check<Destroy<P, Mutex, 2>, Search::kContextBound>(
      "destroyed after the last of 2", 1000000 / share, 4);
  check<Destroy<P, Mutex, 3>, Search::kContextBound>(
      "destroyed after the last of 3", 1000000 / share, 2, kCalm);
  check<Timed<P, Mutex, 2, 1>, Search::kContextBound>("1 of 2 timed",
                                                      1000000 / share, 4);
  check<Timed<P, Mutex, 3, 2>, Search::kContextBound>("2 of 3 timed",
                                                      1000000 / share, 2);
}

}  // namespace parkway::model

#endif  // PARKWAY_TESTS_MODEL_FUTEX_MUTEX_SUITES_H_
