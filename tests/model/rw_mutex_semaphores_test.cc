// SPDX-License-Identifier: Apache-2.0

// RwMutex and RwCondVar on systems that have semaphores only, with a barrier
// and without.
#include "tests/model/rw_mutex_suites.h"

int main(int argc, char** argv) {
  using namespace parkway::model;
  start(argc, argv);
  const Shorter shorter(4, 4);
  check_rw_mutex<OnlySemaphoresNoBarrier>();
  check_rw_mutex<OnlySemaphoresDelayed>();
  return finish();
}
