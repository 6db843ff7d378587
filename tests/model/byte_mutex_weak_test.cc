// SPDX-License-Identifier: Apache-2.0

// ByteMutex under C++'s memory model, and where the kernel refuses
// membarrier(2).
#include "tests/model/futex_mutex_suites.h"

// The algorithm is FutexMutex's: fewer schedules show that its bytes sleep.
constexpr std::uint64_t kShare = 4;

int main(int argc, char** argv) {
  using namespace parkway;
  using namespace parkway::model;
  start(argc, argv);
  check_futex_mutex_random<WeakMemory, BasicByteMutex>(kShare);
  check_met("an unlock found a sleeper after its release", coverage.late_looks);
  check_futex_mutex_random<NoBarrier, BasicByteMutex>(kShare);
  return finish();
}
