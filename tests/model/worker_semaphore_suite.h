// SPDX-License-Identifier: Apache-2.0

// What is asked of the semaphore in a worker's record.
#ifndef PARKWAY_TESTS_MODEL_WORKER_SEMAPHORE_SUITE_H_
#define PARKWAY_TESTS_MODEL_WORKER_SEMAPHORE_SUITE_H_

#include "tests/model/model_test.h"

namespace parkway::model {

// Two wakeups for two sleeps, one of them timed: none is lost, none counts
// twice, and what was written before each is seen.
template <class P>
class TwoWakers : public Suite<TwoWakers<P>, P, 3> {
 public:
  void thread(unsigned index) {
    if (index > 0) {
      data_[index - 1] = static_cast<int>(index);
      P::worker(0)->semaphore.wakeup();
      return;
    }
    auto& semaphore = P::worker(0)->semaphore;
    int taken = 0;
    while (taken < 2) {
      const bool timed = rl::rand(2) == 0;
      if (semaphore.sleep(timed ? kernel.clock + 1 : os::kForever)) {
        ++taken;
      } else {
        RL_ASSERT(timed);
      }
    }
    RL_ASSERT(data_[0] == 1 && data_[1] == 2);
    RL_ASSERT(!semaphore.sleep(kernel.clock));
  }

 private:
  Plain<int> data_[2] = {0, 0};
};

template <class P>
void check_worker_semaphore() {
  constexpr Budget kCalm{0, 0, 0};
  check<TwoWakers<P>>("semaphore, 2 wakers", 300000);
  check<TwoWakers<P>, Search::kContextBound>("semaphore, 2 wakers", 4000000, 3,
                                             kCalm);
}

}  // namespace parkway::model

#endif  // PARKWAY_TESTS_MODEL_WORKER_SEMAPHORE_SUITE_H_
