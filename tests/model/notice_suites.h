// SPDX-License-Identifier: Apache-2.0

// What is asked of parkway/wait/sleepers.h, as AddressWaiter uses it.
#ifndef PARKWAY_TESTS_MODEL_NOTICE_SUITES_H_
#define PARKWAY_TESTS_MODEL_NOTICE_SUITES_H_

#include <cstdio>

#include "parkway/lock/futex_mutex_slow.h"
#include "parkway/wait/address_wait_slow.h"
#include "tests/model/model_test.h"

namespace parkway::model {

// Notifiers that tell, with a plain store each, and then look for waiters; each
// waiter waits until it was told all.
template <class P, int kNotifiers, int kWaiters, int kRounds>
class Notices : public Suite<Notices<P, kNotifiers, kWaiters, kRounds>, P,
                             kNotifiers + kWaiters> {
 public:
  using Waiter = BasicAddressWaiter<P>;
  static constexpr AddressKind kKind = AddressKind::kHostAddress;

  void thread(unsigned index) {
    if (index < kNotifiers) {
      for (int round = 1; round <= kRounds; ++round) {
        P::store_late(told_[index], round);
        if (Waiter::may_have_waiters(this)) Waiter::wake_all(this, kKind);
      }
      drain();
      return;
    }
    for (int round = 1; round <= kRounds; ++round) {
      while (!told(round)) {
        Waiter waiter(this, kKind);
        waiter.prepare();
        if (told(round)) break;
        RL_ASSERT(waiter.commit(os::kForever));
      }
    }
  }
  void after() { RL_ASSERT(!Waiter::may_have_waiters(this)); }

 private:
  bool told(int round) const {
    for (int i = 0; i < kNotifiers; ++i) {
      if (told_[i].load(std::memory_order_relaxed) < round) return false;
    }
    return true;
  }

  typename P::template Atomic<int> told_[2] = {0, 0};
  static_assert(kNotifiers <= 2);
};

// What the slots are there for, on one machine.
template <class K>
void check_notices(const char* machine) {
  using P = ModelPlatform<K>;
  constexpr Budget kCalm{0, 0, 0};
  const auto named = [machine](const char* test) {
    static char name[64];
    std::snprintf(name, sizeof(name), "%s: %s", machine, test);
    return name;
  };
  check<Notices<P, 1, 1, 1>>(named("1 to 1"), 100000);
  check<Notices<P, 1, 1, 2>>(named("1 to 1 twice"), 150000);
  check<Notices<P, 1, 2, 1>>(named("1 to 2"), 150000);
  check<Notices<P, 2, 1, 1>>(named("2 to 1"), 150000);
  check<Notices<P, 2, 2, 2>>(named("2 to 2 twice"), 150000);
  check<Notices<P, 1, 1, 1>, Search::kFull>(named("1 to 1"), 150000, 0, kCalm);
  check<Notices<P, 1, 2, 1>, Search::kContextBound>(named("1 to 2"), 150000, 3,
                                                    kCalm);
}

}  // namespace parkway::model

#endif  // PARKWAY_TESTS_MODEL_NOTICE_SUITES_H_
