// SPDX-License-Identifier: Apache-2.0

// The slots of sleepers, between AddressWaiters and notices by a plain store:
// with membarrier, without, and where it fails at times.
#include "tests/model/notice_suites.h"

int main(int argc, char** argv) {
  using namespace parkway::model;
  start(argc, argv);
  check_notices<DelayedStore>("delayed");
  check_met("a store came late", coverage.late_stores);
  check_met("a barrier waited for one", coverage.barrier_waits);
  check_met("a sleeper needed no barrier", coverage.eras_joined);
  check_met("a slot became quiet", coverage.calms);
  check_notices<NoBarrier>("delayed, no barrier");
  check_notices<FailingBarrier>("delayed, failing");
  check_met("a barrier failed", coverage.barrier_failures);
  check_notices<WeakMemory>("weak");
  check_notices<WeakNoBarrier>("weak, no barrier");
  return finish();
}
