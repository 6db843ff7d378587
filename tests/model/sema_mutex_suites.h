// SPDX-License-Identifier: Apache-2.0

// SemaMutex: the list of waiting workers, the fair wake, waiters that leave.
#ifndef PARKWAY_TESTS_MODEL_SEMA_MUTEX_SUITES_H_
#define PARKWAY_TESTS_MODEL_SEMA_MUTEX_SUITES_H_

#include "parkway/lock/sema_mutex_slow.h"
#include "tests/model/mutex_suites.h"

namespace parkway::model {

template <class P>
void check_sema_mutex() {
  using Mutex = BasicSemaMutex<P>;
  constexpr Budget kCalm{0, 0, 0};
  check<Exclusion<P, Mutex, 2, 2>>("exclusion, 2 threads twice", 300000);
  check<Exclusion<P, Mutex, 3, 1>>("exclusion, 3 threads", 300000);
  check<Exclusion<P, Mutex, 3, 2>>("exclusion, 3 threads twice", 300000);
  check<Exclusion<P, Mutex, 4, 1>>("exclusion, 4 threads", 300000);
  check<Timed<P, Mutex, 2, 1>>("1 of 2 timed", 300000);
  check<Timed<P, Mutex, 3, 1>>("1 of 3 timed", 300000);
  check<Timed<P, Mutex, 3, 2>>("2 of 3 timed", 1000000);
  check<Timed<P, Mutex, 4, 2>>("2 of 4 timed", 300000);
  check<Mixed<P, Mutex>>("lock, try_lock, try_lock_until", 300000);
  check<Destroy<P, Mutex, 2>>("destroyed after the last of 2", 300000);
  check<Destroy<P, Mutex, 3>>("destroyed after the last of 3", 300000);
  check_met("a thread slept", coverage.sleeps);
  check_met("a deadline came", coverage.timeouts);
  check<Exclusion<P, Mutex, 2, 1>, Search::kFull>("exclusion, 2 threads",
                                                  4000000, 0, kCalm);
  check<Exclusion<P, Mutex, 3, 1>, Search::kContextBound>(
      "exclusion, 3 threads", 4000000, 3, kCalm);
  check<Timed<P, Mutex, 2, 1>, Search::kContextBound>("1 of 2 timed", 2000000,
                                                      4);
  check<Timed<P, Mutex, 3, 2>, Search::kContextBound>("2 of 3 timed", 4000000,
                                                      2, kCalm);
  check<Destroy<P, Mutex, 2>, Search::kContextBound>(
      "destroyed after the last of 2", 2000000, 4);
}

}  // namespace parkway::model

#endif  // PARKWAY_TESTS_MODEL_SEMA_MUTEX_SUITES_H_
