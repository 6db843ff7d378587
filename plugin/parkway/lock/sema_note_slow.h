// SPDX-License-Identifier: Apache-2.0

// The cold half of BasicSemaNote. Included by sema_note.cc, the model checker
// and the fault tests, by no header.
#ifndef PARKWAY_LOCK_SEMA_NOTE_SLOW_H_
#define PARKWAY_LOCK_SEMA_NOTE_SLOW_H_

#include "parkway/lock/sema_note.h"

namespace parkway {

template <class P>
[[gnu::noinline]] bool BasicSemaNote<P>::sleep_slow(std::int64_t deadline) {
  if (internal::spin<P>([this] { return signalled(); })) return true;

  Worker* const self = P::current_worker();
  const std::uintptr_t me = reinterpret_cast<std::uintptr_t>(self);
  std::uintptr_t state = 0;
  // acq_rel: release hands the worker to wakeup(), acquire pairs with it.
  if (!word_.compare_exchange_strong(state, me, std::memory_order_acq_rel)) {
    if (state == kSignalled) return true;
    internal::fatal(kName, this, "a second thread sleeps on it");
  }
  if (self->semaphore.sleep(deadline)) return true;
  state = me;
  if (word_.compare_exchange_strong(state, 0, std::memory_order_acquire)) {
    return false;
  }
  // wakeup() has this worker: take what it posts, or the next sleep would.
  self->semaphore.sleep(os::kForever);
  return true;
}

template <class P>
[[gnu::noinline]] void BasicSemaNote<P>::wakeup_slow(std::uintptr_t old) {
  if (old == kSignalled) internal::fatal(kName, this, "double wakeup");
  reinterpret_cast<Worker*>(old)->semaphore.wakeup();
}

}  // namespace parkway

#endif  // PARKWAY_LOCK_SEMA_NOTE_SLOW_H_
