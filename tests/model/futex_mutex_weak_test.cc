// SPDX-License-Identifier: Apache-2.0

// FutexMutex under C++'s memory model, where a load may return an old value and
// the barrier is a pair of fences.
#include "tests/model/futex_mutex_suites.h"

int main(int argc, char** argv) {
  using namespace parkway::model;
  start(argc, argv);
  check_futex_mutex_random<WeakMemory>();
  check_met("an unlock found a sleeper after its release", coverage.late_looks);
  check_futex_mutex_search<WeakMemory>();
  return finish();
}
