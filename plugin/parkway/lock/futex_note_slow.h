// SPDX-License-Identifier: Apache-2.0

// The cold half of BasicFutexNote. Included by futex_note.cc, the model
// checker and the fault tests, by no header.
#ifndef PARKWAY_LOCK_FUTEX_NOTE_SLOW_H_
#define PARKWAY_LOCK_FUTEX_NOTE_SLOW_H_

#include "parkway/lock/futex_note.h"
#include "parkway/os/compiler.h"
#include "parkway/profile/contention.h"

namespace parkway {

template <class P>
PARKWAY_NOINLINE bool BasicFutexNote<P>::sleep_slow(std::int64_t deadline) {
  internal::Waiting<P> waiting(WaitKind::kNote, this);
  if (internal::spin<P>([this] { return signalled(); })) return true;
  waiting.slept();

  P::fork_generation();  // asked for before: P::forked() is exact
  std::uint32_t state = kClear;
  // acquire, here and below: pairs with wakeup().
  if (!word_.compare_exchange_strong(state, kSleeping,
                                     std::memory_order_acquire)) {
    if (state == kSignalled) return true;
    // In the child of a fork the first one may be the parent's.
    if (kChecks && !P::forked()) {
      internal::fatal(kName, this, "a second thread sleeps on it");
    }
  }
  for (;;) {
    const bool in_time = P::futexsleep(word_, kSleeping, deadline);
    if (signalled()) return true;
    if (in_time) continue;
    state = kSleeping;
    // Back to kClear, so that a later wakeup() stays out of the kernel.
    return !word_.compare_exchange_strong(state, kClear,
                                          std::memory_order_acquire);
  }
}

template <class P>
PARKWAY_NOINLINE void BasicFutexNote<P>::wakeup_slow(std::uint32_t old) {
  internal::releasing<P>(WaitKind::kNote, this);
  if (old == kSignalled) internal::fatal(kName, this, "double wakeup");
  // By address: the sleeper may have returned and taken the note with it.
  P::futexwakeup(word_, 1);
}

}  // namespace parkway

#endif  // PARKWAY_LOCK_FUTEX_NOTE_SLOW_H_
