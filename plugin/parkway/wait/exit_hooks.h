// SPDX-License-Identifier: Apache-2.0

// What a unit of parkway has to do when a thread exits.
//
// Each unit registers its own, at its first use: nobody has to know all of
// them, and a program that does not use a unit does not link it.
#ifndef PARKWAY_WAIT_EXIT_HOOKS_H_
#define PARKWAY_WAIT_EXIT_HOOKS_H_

#include <cstddef>

#include "parkway/os/language.h"

namespace parkway {

struct Worker;

namespace internal {

// Fatal beyond this many.
inline constexpr std::size_t kMaxExitHooks = 16;

// `hook`, a function of static storage, is called with the calling thread's
// record when a thread exits that has one (see parkway/wait/worker.h), before
// the record is another thread's: once, in the order in which hooks were added.
// Adding is idempotent, never waits, and costs a few loads when it was done
// before.
void call_at_worker_exit(void (*hook)(Worker& worker)) noexcept;

// By worker.cc.
void run_worker_exit_hooks(Worker& worker) noexcept;

}  // namespace internal
}  // namespace parkway

#endif  // PARKWAY_WAIT_EXIT_HOOKS_H_
