// SPDX-License-Identifier: Apache-2.0

// A condition variable that is a number and a futex, for any lock: a notify
// counts up and wakes, and all that were woken ask for the lock. So does
// glibc's since 2.25, whose groups of waiters matter to order and not to cost.
// https://sourceware.org/git/glibc.git, nptl/pthread_cond_wait.c.
#ifndef PARKWAY_BENCH_SCALE_PEERS_FUTEX_COND_H_
#define PARKWAY_BENCH_SCALE_PEERS_FUTEX_COND_H_

#include <cstdint>

#include "bench/scale/peers/peer.h"

namespace parkway_bench::scale {

class FutexCond {
 public:
  template <class Lock>
  void wait(Lock& lock) {
    waiters_.fetch_add(1);
    const std::uint32_t number = number_.load();
    lock.unlock();
    while (number_.load() == number) Sleep(number_, number);
    waiters_.fetch_sub(1);
    lock.lock();
  }
  void notify_one() { Notify(1); }
  void notify_all() { Notify(UINT32_MAX); }

 private:
  void Notify(std::uint32_t count) {
    if (waiters_.load() == 0) return;
    number_.fetch_add(1);
    Wake(number_, count);
  }

  Atomic<std::uint32_t> waiters_{0};
  Atomic<std::uint32_t> number_{0};
};

}  // namespace parkway_bench::scale

#endif  // PARKWAY_BENCH_SCALE_PEERS_FUTEX_COND_H_
