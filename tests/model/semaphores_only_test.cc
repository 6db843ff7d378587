// SPDX-License-Identifier: Apache-2.0

// A system that has semaphores only, and perhaps a barrier: what sleeps on
// futexes there. FutexMutex and FutexNote are in futex_by_semaphore_test.cc.
#include "parkway/lock/cond_var_slow.h"
#include "parkway/lock/sema_note_slow.h"
#include "tests/model/address_wait_suites.h"
#include "tests/model/cond_var_suites.h"
#include "tests/model/futex_mutex_suites.h"
#include "tests/model/note_suites.h"
#include "tests/model/sema_mutex_suites.h"

int main(int argc, char** argv) {
  using namespace parkway;
  using namespace parkway::model;
  using K = OnlySemaphoresNoBarrier;
  using P = ModelPlatform<K>;
  start(argc, argv);
  const Shorter shorter(6, 30);
  check_cond_var<P, BasicCondVar<P>>();
  check_sema_mutex<P>();
  check_note<P, BasicSemaNote<P>>();
  check_futex_mutex_random<K, BasicByteMutex>();
  check_address_wait<K>("no barrier");
  check_address_wait<OnlySemaphoresDelayed>("delayed");
  return finish();
}
