// SPDX-License-Identifier: Apache-2.0

// Waiting by address under C++'s memory model, with and without a barrier, and
// as processors run it.
#include "tests/model/address_wait_suites.h"

int main(int argc, char** argv) {
  using namespace parkway::model;
  start(argc, argv);
  check_address_wait<WeakMemory>("weak");
  check_address_wait<WeakNoBarrier>("weak, no barrier");
  check_address_wait<DelayedStore>("delayed");
  const Shorter shorter(2, 4);
  check_address_wait<NoBarrier>("delayed, no barrier");
  return finish();
}
