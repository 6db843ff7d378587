// FutexMutex on x86-64 where the kernel refuses membarrier(2).
#include "tests/model/futex_mutex_suites.h"

int main(int argc, char** argv) {
  using namespace parkway::model;
  start(argc, argv);
  check_futex_mutex_random<NoBarrier>();
  check_met("an unlock erased a write", coverage.erased);
  return finish();
}
