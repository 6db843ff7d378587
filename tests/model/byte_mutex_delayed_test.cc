// SPDX-License-Identifier: Apache-2.0

// ByteMutex as processors run it, see futex_mutex_delayed_test.cc.
#include "tests/model/futex_mutex_suites.h"

// The algorithm is FutexMutex's: fewer schedules show that its bytes sleep.
constexpr std::uint64_t kShare = 4;

int main(int argc, char** argv) {
  using namespace parkway;
  using namespace parkway::model;
  start(argc, argv);
  check_futex_mutex_random<DelayedStore, BasicByteMutex>(kShare);
  check_met("an unlock found a sleeper after its release", coverage.late_looks);
  check_met("the barrier waited for an unlock", coverage.barrier_waits);
  check_futex_mutex_search<DelayedStore, BasicByteMutex>(kShare);
  return finish();
}
