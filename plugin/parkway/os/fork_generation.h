// SPDX-License-Identifier: Apache-2.0

// Which process of a chain of forks this is.
//
// The child of a fork has one thread, and memory that still names the others:
// waiters that nobody has to wake any more, locks whose holders are gone. What
// keeps such memory remembers the generation in which it was written. When it
// is used in a later one it starts anew.
//
// Nothing has to run at the fork for that. A handler of ours would come too
// late for those that the program registered before, and would not come at all
// after a bare clone().
#ifndef PARKWAY_OS_FORK_GENERATION_H_
#define PARKWAY_OS_FORK_GENERATION_H_

#include <atomic>
#include <cstdint>

#include "parkway/os/compiler.h"

namespace parkway::internal {

// What is known of this process. It lies in memory that the system wipes in the
// child of a fork.
struct ForkMark {
  // 0 as long as nobody has asked in this process.
  std::atomic<std::uint32_t> generation{0};
  // Written before the generation.
  std::atomic<bool> forked{false};
};

// Null: nobody has asked yet, in any process of the chain.
extern std::atomic<ForkMark*> fork_mark;

PARKWAY_COLD std::uint32_t make_fork_generation() noexcept;

// At least 1, less than 2^30, and other than in every process that this one
// descends from by fork(), as long as nobody forks for 2^30 generations. (Some
// keep fewer bits of it, 16 at least: they can't tell a process from one that
// is 65536 forks in a row before it.) The same in the child of a vfork(), which
// uses its parent's memory. Any thread, any time, a handler of fork() and a
// signal's included.
//
// Where memory can't be wiped (Linux before 4.14, no mapping left) a handler
// in the child does it, and handlers that come before it in the child see the
// parent's generation.
inline std::uint32_t fork_generation() noexcept {
  // acquire, both: pair with the releases in make_fork_generation().
  if (const auto* mark = fork_mark.load(std::memory_order_acquire)) {
    const std::uint32_t known =
        mark->generation.load(std::memory_order_acquire);
    if (PARKWAY_LIKELY(known != 0)) return known;
  }
  return make_fork_generation();
}

// Whether this process may have been forked since anybody asked for a
// generation first: there may be memory that other threads than its own have
// left behind. "No" is exact.
bool forked_since_first_use() noexcept;

}  // namespace parkway::internal

#endif  // PARKWAY_OS_FORK_GENERATION_H_
