// SPDX-License-Identifier: Apache-2.0

// FutexMutex where the kernel refuses membarrier(2).
#include "tests/model/futex_mutex_suites.h"

int main(int argc, char** argv) {
  using namespace parkway::model;
  start(argc, argv);
  check_futex_mutex_random<NoBarrier>();
  return finish();
}
