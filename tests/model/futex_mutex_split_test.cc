// FutexMutex as x86-64 runs it: an unlock that is a load and a later store.
#include "tests/model/futex_mutex_suites.h"

int main(int argc, char** argv) {
  using namespace parkway::model;
  start(argc, argv);
  check_futex_mutex_random<SplitRelease>();
  check_met("an unlock erased a write", coverage.erased);
  check_met("the barrier waited for an unlock", coverage.barrier_waits);
  check_futex_mutex_search<SplitRelease>();
  return finish();
}
