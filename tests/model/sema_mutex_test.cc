// SPDX-License-Identifier: Apache-2.0

// SemaMutex over semaphores that are made of futexes.
#include "tests/model/sema_mutex_suites.h"

int main(int argc, char** argv) {
  using namespace parkway::model;
  start(argc, argv);
  check_sema_mutex<ModelPlatform<WeakMemory>>();
  check_met("a sleep ended for no reason", coverage.spurious);
  return finish();
}
