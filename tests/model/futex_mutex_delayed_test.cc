// SPDX-License-Identifier: Apache-2.0

// FutexMutex as processors run it: the store of an unlock may become visible
// after the look that follows it.
#include "tests/model/futex_mutex_suites.h"

int main(int argc, char** argv) {
  using namespace parkway::model;
  start(argc, argv);
  check_futex_mutex_random<DelayedStore>();
  check_met("an unlock found a sleeper after its release", coverage.late_looks);
  check_met("the barrier waited for an unlock", coverage.barrier_waits);
  check_futex_mutex_search<DelayedStore>();
  return finish();
}
