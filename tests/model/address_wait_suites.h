// SPDX-License-Identifier: Apache-2.0

// What is asked of parkway/wait/address_wait.h.
#ifndef PARKWAY_TESTS_MODEL_ADDRESS_WAIT_SUITES_H_
#define PARKWAY_TESTS_MODEL_ADDRESS_WAIT_SUITES_H_

#include <cstdio>

#include "parkway/lock/futex_mutex_slow.h"
#include "parkway/wait/address_wait_slow.h"
#include "tests/model/mutex_suites.h"

namespace parkway::model {

inline constexpr AddressKind kKind = AddressKind::kHostAddress;

// A condition without a lock: thread 0 makes kItems, waking one for each; the
// others take one each, the first kTimed only if it comes in time.
template <class P, int kWaiters, int kTimed, bool kAll>
class OneEach
    : public Suite<OneEach<P, kWaiters, kTimed, kAll>, P, kWaiters + 1> {
 public:
  using Waiter = BasicAddressWaiter<P>;

  void thread(unsigned index) {
    if (index == 0) {
      for (int i = 0; i < (kAll ? 1 : kWaiters); ++i) {
        items_.fetch_add(kAll ? kWaiters : 1, std::memory_order_relaxed);
        if (!Waiter::may_have_waiters(&items_)) continue;
        kAll ? Waiter::wake_all(&items_, kKind)
             : Waiter::wake_one(&items_, kKind);
      }
      return;
    }
    const bool timed = index <= static_cast<unsigned>(kTimed);
    while (!take()) {
      Waiter waiter(&items_, kKind);
      waiter.prepare();
      if (items_.load(std::memory_order_relaxed) > 0) {
        // Somebody else may have needed it.
        if (waiter.cancel()) Waiter::wake_one(&items_, kKind);
      } else if (!waiter.commit(timed ? P::now() + 1 : os::kForever)) {
        RL_ASSERT(timed);
        return;
      }
    }
    ++taken_[index];
  }
  void after() {
    int taken = 0;
    for (int n : taken_) taken += n;
    for (int i = kTimed; i < kWaiters; ++i) RL_ASSERT(taken_[i + 1] == 1);
    RL_ASSERT(items_.kernel_load($) == kWaiters - taken);
    RL_ASSERT(!Waiter::may_have_waiters(&items_));
  }

 private:
  bool take() {
    int items = items_.load(std::memory_order_relaxed);
    while (items > 0) {
      if (items_.compare_exchange_strong(items, items - 1,
                                         std::memory_order_relaxed)) {
        return true;
      }
    }
    return false;
  }

  typename P::template Atomic<int> items_{0};
  int taken_[kWaiters + 1] = {};
};

// What the waker wrote before it woke is there for the woken. Two conditions at
// one address, told apart by their contexts.
template <class P>
class Contexts : public Suite<Contexts<P>, P, 3> {
 public:
  using Waiter = BasicAddressWaiter<P>;

  void thread(unsigned index) {
    if (index == 0) {
      for (int i = 1; i <= 2; ++i) {
        data_[i] = i;
        done_[i].store(1, std::memory_order_release);
        if (Waiter::may_have_waiters(this)) {
          const std::size_t woken = Waiter::wake_if(
              this, kKind,
              [](std::uintptr_t context, std::uintptr_t argument) {
                return context == argument;
              },
              static_cast<std::uintptr_t>(i));
          RL_ASSERT(woken <= 1);
        }
      }
      return;
    }
    Waiter waiter(this, kKind, index);
    waiter.prepare();
    if (done_[index].load(std::memory_order_acquire) == 0) {
      RL_ASSERT(waiter.commit(os::kForever));
    }
    RL_ASSERT(data_[index] == static_cast<int>(index));
  }

 private:
  Plain<int> data_[3] = {0, 0, 0};
  typename P::template Atomic<int> done_[3] = {0, 0, 0};
};

// What is checked, on which machine.
struct Named {
  Named(const char* machine, const char* what) {
    std::snprintf(text, sizeof(text), "%s: %s", machine, what);
  }
  char text[80];
};

template <class K>
void check_address_wait(const char* machine) {
  using P = ModelPlatform<K>;
  constexpr Budget kCalm{0, 0, 0};
  const auto name = [machine](const char* what) {
    return Named(machine, what);
  };
  check<OneEach<P, 1, 0, false>>(name("1 waiter").text, 100000);
  check<OneEach<P, 2, 0, false>>(name("2 waiters").text, 150000);
  check<OneEach<P, 2, 0, true>>(name("2 waiters, woken at once").text, 150000);
  check<OneEach<P, 2, 1, false>>(name("2 waiters, 1 timed").text, 150000);
  check<OneEach<P, 3, 1, false>>(name("3 waiters, 1 timed").text, 150000);
  check<Contexts<P>>(name("contexts").text, 150000);
  check_met("a thread slept", coverage.sleeps);
  check_met("a deadline came", coverage.timeouts);
  check<OneEach<P, 1, 0, false>, Search::kFull>(name("1 waiter").text, 500000,
                                                0, kCalm);
  check<OneEach<P, 2, 1, false>, Search::kContextBound>(
      name("2 waiters, 1 timed").text, 300000, 3, kCalm);
}

}  // namespace parkway::model

#endif  // PARKWAY_TESTS_MODEL_ADDRESS_WAIT_SUITES_H_
