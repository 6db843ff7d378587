// SPDX-License-Identifier: Apache-2.0

// QueuingRwMutex under C++'s memory model, as processors run it, and over
// futexes of semaphores.
#include "parkway/lock/futex_mutex_slow.h"
#include "parkway/lock/queuing_rw_mutex_slow.h"
#include "tests/model/shared_mutex_suites.h"

namespace parkway::model {

template <class K>
void check_queuing_rw_mutex() {
  using P = ModelPlatform<K>;
  using Mutex = BasicQueuingRwMutex<P>;
  constexpr Budget kCalm{0, 0, 0};
  check<Exclusion<P, Mutex, 2, 2>>("writers, 2 twice", 100000);
  check<Exclusion<P, Mutex, 3, 1>>("writers, 3", 100000);
  check<Exclusion<P, Mutex, 4, 1>>("writers, 4", 100000);
  check<Readers<P, Mutex, 2, 1, 2>>("1 writer, 1 reader, twice", 100000);
  check<Readers<P, Mutex, 3, 1, 1>>("1 writer, 2 readers", 100000);
  check<Readers<P, Mutex, 3, 2, 1>>("2 writers, 1 reader", 100000);
  check<Readers<P, Mutex, 4, 2, 1>>("2 writers, 2 readers", 100000);
  check<Upgraded<P, Mutex, 2, 0>>("upgrade, 2", 100000);
  check<Upgraded<P, Mutex, 3, 0>>("upgrade, 3", 100000);
  check<Upgraded<P, Mutex, 3, 1>>("upgrade, 2 and a writer", 100000);
  check<Downgraded<P, Mutex, 1>>("downgrade, 1 reader", 100000);
  check<Downgraded<P, Mutex, 2>>("downgrade, 2 readers", 100000);
  check<Destroy<P, Mutex, 2>>("destroyed by the last of 2", 100000);
  check<Destroy<P, Mutex, 3>>("destroyed by the last of 3", 100000);
  check<DestroyShared<P, Mutex, 2>>("destroyed after a reader", 100000);
  check_met("a thread slept", coverage.sleeps);
  check<Exclusion<P, Mutex, 2, 1>, Search::kContextBound>("writers, 2", 150000,
                                                          4, kCalm);
  check<Readers<P, Mutex, 2, 1, 1>, Search::kContextBound>("1 writer, 1 reader",
                                                           150000, 4, kCalm);
}

}  // namespace parkway::model

int main(int argc, char** argv) {
  using namespace parkway::model;
  start(argc, argv);
  check_queuing_rw_mutex<WeakMemory>();
  check_queuing_rw_mutex<DelayedStore>();
  const Shorter shorter(2, 2);
  check_queuing_rw_mutex<OnlySemaphoresNoBarrier>();
  return finish();
}
