// SPDX-License-Identifier: Apache-2.0

// What a unit of parkway has to do when a thread exits or the process forks.
//
// Each unit registers its own, at its first use: nobody has to know all of
// them, and a program that does not use a unit does not link it.
#ifndef PARKWAY_WAIT_PROCESS_HOOKS_H_
#define PARKWAY_WAIT_PROCESS_HOOKS_H_

#include <cstddef>

namespace parkway {

struct Worker;

namespace internal {

// Functions of static storage; each is called once, in the order in which they
// were added. Adding is idempotent, never waits, and costs a few loads when it
// was done before. Fatal beyond kMaxProcessHooks.
inline constexpr std::size_t kMaxProcessHooks = 16;

// Called in the child of each fork from now on, before fork() returns there; it
// has one thread. Without memory for the system's handler nothing is called.
void call_in_forked_child(void (*hook)()) noexcept;

// Called with the calling thread's record when a thread exits that has one (see
// parkway/wait/worker.h), before the record is another thread's.
void call_at_worker_exit(void (*hook)(Worker& worker)) noexcept;

// By worker.cc.
void run_worker_exit_hooks(Worker& worker) noexcept;

}  // namespace internal
}  // namespace parkway

#endif  // PARKWAY_WAIT_PROCESS_HOOKS_H_
