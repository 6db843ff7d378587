// SPDX-License-Identifier: Apache-2.0

// The cold half of BasicSemaNote. Included by sema_note.cc, the model checker
// and the fault tests, by no header.
#ifndef PARKWAY_LOCK_SEMA_NOTE_SLOW_H_
#define PARKWAY_LOCK_SEMA_NOTE_SLOW_H_

#include "parkway/lock/sema_note.h"
#include "parkway/os/compiler.h"
#include "parkway/profile/contention.h"
#include "parkway/wait/nap.h"

namespace parkway {

template <class P>
PARKWAY_NOINLINE bool BasicSemaNote<P>::sleep_slow(std::int64_t deadline) {
  internal::Waiting<P> waiting(WaitKind::kNote, this);
  if (internal::spin<P>([this] { return signalled(); })) return true;
  waiting.slept();

  Worker* const self = P::current_worker();
  if (self == nullptr) {
    // No memory to be woken with: it looks from time to time.
    while (!signalled()) {
      if (P::now() >= deadline) return false;
      internal::nap<P>();
    }
    return true;
  }
  const Word me = Link::word(self, 0);
  Word state = 0;
  // acq_rel: release hands the worker to wakeup(), acquire pairs with it.
  while (!word_.compare_exchange_strong(state, me, std::memory_order_acq_rel)) {
    if (state == kSignalled) return true;
    if (Link::is_own(state)) {
      internal::fatal(kName, this, "a second thread sleeps on it");
    }
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
PARKWAY_NOINLINE void BasicSemaNote<P>::wakeup_slow(Word old) {
  internal::releasing<P>(WaitKind::kNote, this);
  if (old == kSignalled) internal::fatal(kName, this, "double wakeup");
  if (Link::is_own(old)) Link::worker(old)->semaphore.wakeup();
}

}  // namespace parkway

#endif  // PARKWAY_LOCK_SEMA_NOTE_SLOW_H_
