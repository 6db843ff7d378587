// SPDX-License-Identifier: Apache-2.0

// FutexNote: a one-time event on a futex, 4 bytes.
#ifndef PARKWAY_LOCK_FUTEX_NOTE_H_
#define PARKWAY_LOCK_FUTEX_NOTE_H_

#include <chrono>
#include <cstdint>
#include <type_traits>

#include "parkway/base/checks.h"
#include "parkway/base/deadline.h"
#include "parkway/wait/wait_platform.h"
#include "parkway/wait/worker.h"

namespace parkway {

// One thread sleeps on a note until another wakes it. After a clear() (or
// construction) there is at most one wakeup() and at most one sleeper at a
// time; a sleep after the wakeup returns at once. A second wakeup() ends the
// program in every build, a second simultaneous sleeper in checked builds.
//
// wakeup() is a release and a sleep that it ends an acquire. Without a sleeper
// wakeup() makes no system call, and so does a sleep that is signalled within
// its pre-spin (spin limits: parkway/base/spin.h). The sleeper may destroy the
// note as soon as its sleep has returned true: wakeup() does not look at the
// note after the access that sets it. All bits zero = clear.
//
// Algorithm: Go's futex note (2011), with a third state so that a wakeup
// knows whether to enter the kernel, deadlines that are fixed once, and the
// spin that Go issue 21827 measured.
//
// The word, as contracts:
//   kClear     set by clear() and by a sleeper that leaves on timeout.
//   kSignalled set by wakeup(), in any state.
//   kSleeping  set from kClear by the sleeper: wakeup() has to wake it.
template <class P>
class BasicFutexNote {
 public:
  constexpr BasicFutexNote() noexcept = default;
  BasicFutexNote(const BasicFutexNote&) = delete;
  BasicFutexNote& operator=(const BasicFutexNote&) = delete;

  // Makes the note ready for another round. Nobody may sleep on it, and the
  // caller orders this against the next wakeup() and sleep().
  void clear() { word_.store(kClear, std::memory_order_relaxed); }

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
    auto& word = word_;
    // release: pairs with the acquire loads of sleepers.
    const std::uint32_t old =
        word.exchange(kSignalled, std::memory_order_release);
    if (old == kClear) return;
    wakeup_slow(old);
  }

 private:
  static constexpr const char* kName = "FutexNote";
  static constexpr std::uint32_t kClear = 0;
  static constexpr std::uint32_t kSignalled = 1;
  static constexpr std::uint32_t kSleeping = 2;

  bool signalled() const {
    // acquire: pairs with wakeup().
    return word_.load(std::memory_order_acquire) == kSignalled;
  }

  // In futex_note_slow.h; compiled once, in futex_note.cc.
  bool sleep_slow(std::int64_t deadline);
  void wakeup_slow(std::uint32_t old);

  typename P::template Atomic<std::uint32_t> word_{kClear};
};

extern template class BasicFutexNote<Platform>;

using FutexNote = BasicFutexNote<Platform>;

static_assert(sizeof(FutexNote) == 4 && alignof(FutexNote) == 4);
static_assert(std::is_trivially_destructible_v<FutexNote>);

}  // namespace parkway

#endif  // PARKWAY_LOCK_FUTEX_NOTE_H_
