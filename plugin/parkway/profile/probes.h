// SPDX-License-Identifier: Apache-2.0

// Places in the slow halves that bpftrace, bcc and perf can look at in a
// running program (USDT). With <sys/sdt.h> (Debian: systemtap-sdt-dev) at
// compile time a probe is one nop, and a note in the file that names it:
// provider "parkway", the names glibc's, the argument the lock's address.
// Without it there is nothing.
//
//   mutex_entry, mutex_acquired, mutex_release
//   rdlock_entry, rdlock_acquire_read, wrlock_entry, wrlock_acquire_write,
//   rwlock_unlock
//   cond_wait, cond_signal
//   wait_entry, wait_done, wake   all else
//
// Unlike glibc's these are of locks that have to wait, and of unlocks that may
// have to wake.
#ifndef PARKWAY_PROFILE_PROBES_H_
#define PARKWAY_PROFILE_PROBES_H_

#include "parkway/profile/wait_kind.h"

namespace parkway::internal {

// Whether there are any.
extern const bool has_probes;

// Out of line, each probe once in a library: gold 1.16 with --gc-sections can't
// link a note of a function that is not used.
void probe_entry(WaitKind kind, const void* lock) noexcept;
void probe_end(WaitKind kind, const void* lock) noexcept;
// `kind`: of those that may wait for it.
void probe_release(WaitKind kind, const void* lock) noexcept;

}  // namespace parkway::internal

#endif  // PARKWAY_PROFILE_PROBES_H_
