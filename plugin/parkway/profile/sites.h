// SPDX-License-Identifier: Apache-2.0

// What the profile has noted: waits by what was waited for and from where, and
// the last single ones.
#ifndef PARKWAY_PROFILE_SITES_H_
#define PARKWAY_PROFILE_SITES_H_

#include <cstddef>
#include <cstdint>

#include "parkway/profile/stack.h"
#include "parkway/profile/wait_kind.h"

namespace parkway::internal {

// Waits of one kind for one lock, by the same stacks. The numbers are those of
// all waits: what was noted, times how many that stands for.
struct Site {
  static constexpr int kBuckets = 44;  // the last: hours

  const void* lock;
  Stack waiter;
  Stack releaser;  // depth 0: an inline unlock, or not known
  WaitKind kind;
  std::uint64_t count;
  std::uint64_t slept;
  std::uint64_t nanoseconds;
  std::uint64_t longest;  // nanoseconds
  // How many took 2^i nanoseconds and more, and less than twice that.
  std::uint64_t histogram[kBuckets];
};

// One wait that was noted.
struct Event {
  std::int64_t start;  // os::nanotime()
  std::int64_t nanoseconds;
  std::uint32_t site;
  std::uint32_t thread;
};

struct Notes {
  static constexpr std::uint32_t kSites = 2048;
  static constexpr std::uint32_t kEvents = 1 << 15;

  Site sites[kSites];  // hashed; count 0: free
  // A ring: events[i % kEvents] for i < happened.
  Event events[kEvents];
  std::uint64_t happened;
  // Waits that found no place, or the lock taken. They are in no site.
  std::uint64_t left_out;
};

struct Wait {
  WaitKind kind;
  const void* lock;
  std::int64_t start;
  std::int64_t nanoseconds;
  std::uint32_t weight;
  std::uint32_t thread;
  bool slept;
};

// All of these are about this process alone: the child of a fork begins anew.

// Memory for the notes; false if there is none.
bool prepare_notes() noexcept;
void note(const Wait& wait, const Stack& waiter,
          const Stack& releaser) noexcept;
// All of them. Not if somebody keeps the lock.
void forget_notes() noexcept;
// Since when waits are noted: the first call of any of these, or the last
// forget_notes(). os::nanotime().
std::int64_t notes_began() noexcept;
// A copy of all notes, by new; null if there are none, no memory for it, or
// somebody keeps the lock.
Notes* copy_notes() noexcept;

}  // namespace parkway::internal

#endif  // PARKWAY_PROFILE_SITES_H_
