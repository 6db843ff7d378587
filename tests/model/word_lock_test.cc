// SPDX-License-Identifier: Apache-2.0

// WordLock: the lock of the tables.
#include "parkway/wait/word_lock.h"

#include "tests/model/mutex_suites.h"

int main(int argc, char** argv) {
  using namespace parkway::model;
  using P = ModelPlatform<WeakMemory>;
  using Mutex = parkway::BasicWordLock<P>;
  constexpr Budget kCalm{0, 0, 0};
  start(argc, argv);
  check<Exclusion<P, Mutex, 2, 2>>("exclusion, 2 threads twice", 300000);
  check<Exclusion<P, Mutex, 3, 1>>("exclusion, 3 threads", 300000);
  check<Exclusion<P, Mutex, 3, 2>>("exclusion, 3 threads twice", 300000);
  check<Exclusion<P, Mutex, 4, 1>>("exclusion, 4 threads", 300000);
  check<Destroy<P, Mutex, 2>>("destroyed after the last of 2", 300000);
  check<Destroy<P, Mutex, 3>>("destroyed after the last of 3", 300000);
  check_met("a thread slept", coverage.sleeps);
  check_met("a sleep ended for no reason", coverage.spurious);
  check<Exclusion<P, Mutex, 2, 1>, Search::kFull>("exclusion, 2 threads",
                                                  1000000, 0, kCalm);
  check<Exclusion<P, Mutex, 2, 1>, Search::kContextBound>(
      "exclusion, 2 threads", 1000000, 5);
  check<Exclusion<P, Mutex, 3, 1>, Search::kContextBound>(
      "exclusion, 3 threads", 1000000, 3);
  check<Destroy<P, Mutex, 2>, Search::kContextBound>(
      "destroyed after the last of 2", 1000000, 4);
  return finish();
}
