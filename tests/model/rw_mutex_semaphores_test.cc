// SPDX-License-Identifier: Apache-2.0

// RwMutex and RwCondVar on a system that has semaphores only, and no barrier.
#include "tests/model/rw_mutex_suites.h"

int main(int argc, char** argv) {
  using namespace parkway::model;
  start(argc, argv);
  const Shorter shorter(2, 2);
  check_rw_mutex<SemaphoresNoBarrier>();
  return finish();
}
