// SPDX-License-Identifier: Apache-2.0

// What the slow halves of the locks tell the profile (parkway/profile.h).
//
// One of so many waits is noted: a Waiting on the waiter's stack. While it
// lives its lock is watched, and who gives that back by a slow half leaves its
// own stack for the waiter to note. An inline unlock leaves none: there is
// nothing in it.
//
// Without a profile this costs one load, one branch that is not taken and the
// calls of the probes (parkway/profile/probes.h), in slow halves only.
#ifndef PARKWAY_PROFILE_CONTENTION_H_
#define PARKWAY_PROFILE_CONTENTION_H_

#include <atomic>
#include <cstdint>

#include "parkway/os/compiler.h"
#include "parkway/profile/probes.h"
#include "parkway/profile/wait_kind.h"

namespace parkway::internal {

// One of how many waits is noted; 0: none is.
extern std::atomic<std::uint32_t> profile_one_in;
// Whether the waits are for a host library's own locks, and none of ours: a
// preload library that watches them says so, before the first one.
extern std::atomic<bool> profile_of_stock;

inline bool profiling() {
  return PARKWAY_UNLIKELY(profile_one_in.load(std::memory_order_relaxed) != 0);
}

// A wait that is being noted. weight 0: it is not.
struct NotedWait {
  const void* lock;
  std::int64_t start;
  std::uint32_t weight;
  std::int32_t watch;
  WaitKind kind;
};
// Of wait.lock and wait.kind.
void noted_wait_begins(NotedWait& wait) noexcept;
void noted_wait_ends(const NotedWait& wait, bool slept) noexcept;
// Instead: it was no wait.
void noted_wait_is_none(const NotedWait& wait) noexcept;
void lock_is_released(const void* lock) noexcept;

// Whether the waits of P are told: the models and the fault tests have no use
// for it. A policy that is to be told of says so by kProfiled.
template <class P, class = void>
inline constexpr bool kTold = false;
template <class P>
inline constexpr bool kTold<P, decltype(static_cast<void>(P::kProfiled))> =
    P::kProfiled;

// From its construction to its destruction the caller waits. Any thread may
// destroy it: a task may go on on another one. The lock need not live as long.
template <class P>
class Waiting {
 public:
  Waiting(WaitKind kind, const void* lock) : Waiting(true, kind, lock) {}
  // If `told`; else it is somebody else's to tell.
  Waiting(bool told, WaitKind kind, const void* lock) {
    if constexpr (kTold<P>) {
      if (!told) return;
      wait_.lock = lock;
      wait_.kind = kind;
      probe_entry(kind, lock);
      if (profiling()) noted_wait_begins(wait_);
    }
  }
  ~Waiting() {
    if constexpr (kTold<P>) {
      if (wait_.lock == nullptr) return;
      if (PARKWAY_UNLIKELY(wait_.weight != 0)) noted_wait_ends(wait_, slept_);
      probe_end(wait_.kind, wait_.lock);
    }
  }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

  // It has slept, and not only polled.
  void slept() { slept_ = true; }

  // For who can't tell before whether there is something to wait for. Whether
  // this one is noted, if it is a wait; and that it was none.
  bool noted() const { return PARKWAY_UNLIKELY(wait_.weight != 0); }
  void is_none() {
    if (noted()) noted_wait_is_none(wait_);
    wait_.weight = 0;
  }

 private:
  NotedWait wait_ = {};
  bool slept_ = false;
};

// By who is about to give `lock` back, or to wake a waiter of it. `kind`: what
// may wait for it.
template <class P>
void releasing(WaitKind kind, const void* lock) {
  if constexpr (kTold<P>) {
    probe_release(kind, lock);
    if (profiling()) lock_is_released(lock);
  }
}

}  // namespace parkway::internal

#endif  // PARKWAY_PROFILE_CONTENTION_H_
