// SPDX-License-Identifier: Apache-2.0

// CondVar, and the worker semaphore that it and the Sema* primitives stand on.
#include "parkway/lock/cond_var_slow.h"
#include "tests/model/cond_var_suites.h"
#include "tests/model/worker_semaphore_suite.h"

int main(int argc, char** argv) {
  using namespace parkway::model;
  using P = ModelPlatform<WeakMemory>;
  start(argc, argv);
  check_worker_semaphore<P>();
  check_cond_var<P, parkway::BasicCondVar<P>>();
  return finish();
}
