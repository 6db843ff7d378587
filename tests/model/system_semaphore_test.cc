// SPDX-License-Identifier: Apache-2.0

// The semaphore of a worker on a system that has some, and what stands on it:
// SemaMutex and SemaNote. A thread gives its own back as it exits.
#include "parkway/lock/sema_note_slow.h"
#include "tests/model/note_suites.h"
#include "tests/model/sema_mutex_suites.h"
#include "tests/model/worker_semaphore_suite.h"

namespace parkway::model {

// Nobody may be about to wake a thread that exits.
template <class S>
class Exits : public S {
 public:
  void thread(unsigned index) {
    S::thread(index);
    S::Platform::current_worker()->semaphore.close();
  }
};

}  // namespace parkway::model

int main(int argc, char** argv) {
  using namespace parkway::model;
  using P = ModelPlatform<SystemSemaphores>;
  using Mutex = parkway::BasicSemaMutex<P>;
  using Note = parkway::BasicSemaNote<P>;
  start(argc, argv);
  check<Exits<TwoWakers<P>>>("semaphore, 2 wakers, closed", 200000);
  check<Exits<Timed<P, Mutex, 3, 2>>>("2 of 3 timed, closed", 200000);
  check<Exits<HandOver<P, Note, true>>>("note, timed, closed", 200000);
  const Shorter shorter(4, 10);
  check_worker_semaphore<P>();
  check_sema_mutex<P>();
  check_note<P, Note>();
  return finish();
}
