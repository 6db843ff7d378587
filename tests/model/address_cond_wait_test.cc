// SPDX-License-Identifier: Apache-2.0

// Waiting on a condition variable that is only an address.
#include "parkway/wait/address_cond_wait_slow.h"
#include "tests/model/cond_var_suites.h"
#include "tests/suites/address_cond_var.h"

namespace parkway::model {

// Two waits and one notify. The first waiter, if it is notified, does not take
// it, as a thread that is cancelled: then the second one is notified.
template <class P>
class PassOn : public Suite<PassOn<P>, P, 3> {
 public:
  using Wait = BasicAddressCondWait<P>;

  void thread(unsigned index) {
    if (index == 0) {
      for (int waits = 0; waits < 2; P::yield()) {
        mutex_.lock();
        waits = waits_;
        mutex_.unlock();
      }
      Wait::notify_one(this);
      return;
    }
    mutex_.lock();
    Wait wait(this);
    ++waits_;
    mutex_.unlock();
    if (index == 1 && rl::rand(2) == 0) return;
    WaitPace pace;
    if (index == 1) {
      wait.sleep(P::now() + 1, pace);
      return;
    }
    RL_ASSERT(wait.sleep(os::kForever, pace));
    wait.take();
  }
  void after() { RL_ASSERT(Wait::notify_all(this) == 0); }

 private:
  BasicFutexMutex<P> mutex_;
  Plain<int> waits_{0};
};

}  // namespace parkway::model

int main(int argc, char** argv) {
  using namespace parkway::model;
  using P = ModelPlatform<WeakMemory>;
  start(argc, argv);
  check_cond_var<P, parkway::test::AddressCondVar<P>>();
  check<PassOn<P>>("a notify that is not taken", 300000);
  check<PassOn<P>, Search::kContextBound>("a notify that is not taken", 300000,
                                          3, Budget{0, 0, 0});
  return finish();
}
