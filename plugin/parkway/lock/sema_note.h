// SPDX-License-Identifier: Apache-2.0

// SemaNote: a one-time event on the sleeper's own semaphore, 8 bytes.
#ifndef PARKWAY_LOCK_SEMA_NOTE_H_
#define PARKWAY_LOCK_SEMA_NOTE_H_

#include <chrono>
#include <cstdint>
#include <type_traits>

#include "parkway/base/checks.h"
#include "parkway/base/deadline.h"
#include "parkway/wait/wait_platform.h"
#include "parkway/wait/worker.h"
#include "parkway/wait/worker_link.h"

namespace parkway {

// Same interface and promises as FutexNote (parkway/lock/futex_note.h).
//
// Algorithm: Go's semaphore note (2011); the timed sleep takes itself off the
// note with a CAS and, if the wakeup was faster, consumes its semaphore.
//
// The word, as contracts:
//   0          clear. Set by clear() and by a sleeper that leaves on timeout.
//   kSignalled set by wakeup(), in any state.
//   a worker   set from 0 by the sleeper: wakeup() has to wake that worker. In
//              the child of a fork it is nobody (parkway/wait/worker_link.h).
template <class P>
class BasicSemaNote {
 public:
  constexpr BasicSemaNote() noexcept = default;
  BasicSemaNote(const BasicSemaNote&) = delete;
  BasicSemaNote& operator=(const BasicSemaNote&) = delete;

  // Makes the note ready for another round. Nobody may sleep on it, and the
  // caller orders this against the next wakeup() and sleep().
  void clear() { word_.store(0, std::memory_order_relaxed); }

  // Blocks until wakeup(); returns at once after it.
  void sleep() {
    if (!signalled()) sleep_slow(os::kForever);
  }

  // Like sleep(), for at most `timeout`. False if no wakeup came.
  template <class Rep, class Period>
  bool sleep_for(const std::chrono::duration<Rep, Period>& timeout) {
    return signalled() || sleep_slow(internal::deadline_after(timeout));
  }

  // Like sleep(), until `at` at most, by at's own clock.
  template <class Clock, class Duration>
  bool sleep_until(const std::chrono::time_point<Clock, Duration>& at) {
    return signalled() ||
           internal::wait_until(at, [this](std::int64_t deadline) {
             return sleep_slow(deadline);
           });
  }

  // Ends the sleep of this round, whether it has begun or is to come.
  void wakeup() {
    // acq_rel: release pairs with the acquires of the sleeper; acquire with
    // the sleeper's CAS, whose worker is about to be used.
    const Word old = word_.exchange(kSignalled, std::memory_order_acq_rel);
    if (old == 0) return;
    wakeup_slow(old);
  }

 private:
  using Worker = typename P::Worker;
  using Link = WorkerLink<P, 1>;
  using Word = typename Link::Word;

  static constexpr const char* kName = "SemaNote";
  static constexpr Word kSignalled = 1;

  bool signalled() const {
    // acquire: pairs with wakeup().
    return word_.load(std::memory_order_acquire) == kSignalled;
  }

  // In sema_note_slow.h; compiled once, in sema_note.cc.
  bool sleep_slow(std::int64_t deadline);
  void wakeup_slow(Word old);

  typename P::template Atomic<Word> word_{0};
};

extern template class BasicSemaNote<Platform>;

using SemaNote = BasicSemaNote<Platform>;

static_assert(sizeof(SemaNote) == 8);
static_assert(std::is_trivially_destructible_v<SemaNote>);

}  // namespace parkway

#endif  // PARKWAY_LOCK_SEMA_NOTE_H_
