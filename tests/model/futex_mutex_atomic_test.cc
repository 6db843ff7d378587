// FutexMutex where its unlock is an atomic subtraction.
#include "tests/model/futex_mutex_suites.h"

int main(int argc, char** argv) {
  using namespace parkway::model;
  start(argc, argv);
  check_futex_mutex_random<AtomicRelease>();
  check_futex_mutex_search<AtomicRelease>();
  return finish();
}
