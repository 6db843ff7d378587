// SPDX-License-Identifier: Apache-2.0

// CondVar, and the worker semaphore that it and the Sema* primitives stand on.
#include "parkway/lock/cond_var_slow.h"
#include "tests/model/cond_var_suites.h"

namespace parkway::model {

using P = ModelPlatform<WeakMemory>;

// Two wakeups for two sleeps, one of them timed: none is lost, none counts
// twice, and what was written before each is seen.
class Semaphore : public Suite<Semaphore, P, 3> {
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

}  // namespace parkway::model

int main(int argc, char** argv) {
  using namespace parkway::model;
  constexpr Budget kCalm{0, 0, 0};
  start(argc, argv);
  check<Semaphore>("semaphore, 2 wakers", 300000);
  check<Semaphore, Search::kContextBound>("semaphore, 2 wakers", 4000000, 3,
                                          kCalm);
  check_cond_var<P, parkway::BasicCondVar<P>>();
  return finish();
}
