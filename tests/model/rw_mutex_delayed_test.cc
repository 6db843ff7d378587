// SPDX-License-Identifier: Apache-2.0

// RwMutex and RwCondVar as processors run it.
#include "tests/model/rw_mutex_suites.h"

int main(int argc, char** argv) {
  using namespace parkway::model;
  start(argc, argv);
  check_rw_mutex<DelayedStore>();
  return finish();
}
