// SPDX-License-Identifier: Apache-2.0

// FutexMutex where the kernel refuses membarrier(2), always or at times.
#include "tests/model/futex_mutex_suites.h"

int main(int argc, char** argv) {
  using namespace parkway::model;
  start(argc, argv);
  check_futex_mutex_random<NoBarrier>();
  constexpr std::uint64_t kShare = 3;
  check_futex_mutex_random<FailingBarrier>(kShare);
  check_met("a barrier failed", coverage.barrier_failures);
  return finish();
}
