// SPDX-License-Identifier: Apache-2.0

// CondVar's interface over parkway/wait/address_cond_wait.h, so that what is
// asked of CondVar can be asked of it. For the model checker as well: nothing
// but the plugin's headers.
#ifndef PARKWAY_TESTS_SUITES_ADDRESS_COND_VAR_H_
#define PARKWAY_TESTS_SUITES_ADDRESS_COND_VAR_H_

#include <chrono>
#include <cstdint>

#include "parkway/base/deadline.h"
#include "parkway/wait/address_cond_wait.h"

namespace parkway::test {

template <class P>
class AddressCondVar {
 public:
  template <class Mutex>
  void wait(Mutex& mutex) {
    wait_deadline(mutex, os::kForever);
  }
  template <class Mutex, class Predicate>
  void wait(Mutex& mutex, Predicate predicate) {
    while (!predicate()) wait(mutex);
  }
  template <class Mutex, class Rep, class Period>
  bool wait_for(Mutex& mutex,
                const std::chrono::duration<Rep, Period>& timeout) {
    return wait_deadline(mutex, internal::deadline_after(timeout));
  }
  // Asks at's clock once.
  template <class Mutex, class Clock, class Duration>
  bool wait_until(Mutex& mutex,
                  const std::chrono::time_point<Clock, Duration>& at) {
    bool notified = false;
    internal::wait_until(at, [&](std::int64_t deadline) {
      notified = wait_deadline(mutex, deadline);
      return true;
    });
    return notified;
  }
  void notify_one() { Wait::notify_one(this); }
  void notify_all() { Wait::notify_all(this); }

 private:
  using Wait = BasicAddressCondWait<P>;

  template <class Mutex>
  bool wait_deadline(Mutex& mutex, std::int64_t deadline) {
    Wait wait(this);
    mutex.unlock();
    // So that it yields.
    WaitPace pace;
    pace.ended_after(0);
    const bool notified = wait.sleep(deadline, pace);
    mutex.lock();
    wait.take();
    return notified;
  }
};

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_SUITES_ADDRESS_COND_VAR_H_
