// SPDX-License-Identifier: Apache-2.0

// The base of RwMutex's suites in which threads come in one certain order.
//
// No random schedule comes there: a waiter must have been woken and have lost,
// and a reader must have been woken in time and come late. So these suites hold
// threads back, and wait for others to fall asleep. If one does not, the run
// goes on as any other.
#ifndef PARKWAY_TESTS_MODEL_HANDOFF_SUITE_H_
#define PARKWAY_TESTS_MODEL_HANDOFF_SUITE_H_

#include "parkway/lock/rw_cond_var_slow.h"
#include "parkway/lock/rw_mutex_slow.h"
#include "tests/model/mutex_suites.h"

namespace parkway::model {

template <class Derived, class P, int kThreads>
class Handoff : public Suite<Derived, P, kThreads> {
 public:
  Handoff() { kernel.wakes_for_no_reason = false; }
  void after() { this->expect_free(mutex_); }

 protected:
  // Woken for the first time by thread 0 while nobody holds the mutex: such
  // a reader gets in beside waiting writers.
  void late_reader() {
    mutex_.lock_shared();
    while (!flag_) changed_.wait(mutex_, true, os::kForever);
    read();
    mutex_.unlock_shared();
  }
  void writer() {
    mutex_.lock();
    data_.enter();
    mutex_.unlock();
  }
  void read() {
    const int seen = data_.count();
    rl::ctx().sched();
    RL_ASSERT(seen == data_.count());
  }

  // Where thread 0 is. Changes between two scheduling points only.
  void reach(int step) { step_ = step; }
  void await_step(int step) {
    await([this, step] { return step_ >= step; });
  }
  // False if it has not come.
  static bool await_sleep_of(int thread) {
    return await([thread] { return kernel.asleep_on[thread] != nullptr; });
  }

  BasicRwMutex<P> mutex_;
  BasicRwCondVar<P> changed_;
  Plain<bool> flag_{false};
  Protected data_;
  int step_ = 0;
};

}  // namespace parkway::model

#endif  // PARKWAY_TESTS_MODEL_HANDOFF_SUITE_H_
