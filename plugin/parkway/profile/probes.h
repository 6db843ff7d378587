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

#if defined(__linux__) && defined(__has_include)
#if __has_include(<sys/sdt.h>)
#include <sys/sdt.h>
#define PARKWAY_PROBE(name, address) DTRACE_PROBE1(parkway, name, address)
#endif
#endif

namespace parkway::internal {

#ifdef PARKWAY_PROBE
inline constexpr bool kHasProbes = true;
#else
inline constexpr bool kHasProbes = false;
#define PARKWAY_PROBE(name, address) static_cast<void>(address)
#endif

inline void probe_entry(WaitKind kind, const void* lock) {
  switch (kind) {
    case WaitKind::kMutex:
      PARKWAY_PROBE(mutex_entry, lock);
      break;
    case WaitKind::kReader:
      PARKWAY_PROBE(rdlock_entry, lock);
      break;
    case WaitKind::kWriter:
      PARKWAY_PROBE(wrlock_entry, lock);
      break;
    case WaitKind::kConditionVariable:
      PARKWAY_PROBE(cond_wait, lock);
      break;
    default:
      PARKWAY_PROBE(wait_entry, lock);
  }
}

inline void probe_end(WaitKind kind, const void* lock) {
  switch (kind) {
    case WaitKind::kMutex:
      PARKWAY_PROBE(mutex_acquired, lock);
      break;
    case WaitKind::kReader:
      PARKWAY_PROBE(rdlock_acquire_read, lock);
      break;
    case WaitKind::kWriter:
      PARKWAY_PROBE(wrlock_acquire_write, lock);
      break;
    default:
      PARKWAY_PROBE(wait_done, lock);
  }
}

// `kind`: of those that may wait for it.
inline void probe_release(WaitKind kind, const void* lock) {
  switch (kind) {
    case WaitKind::kMutex:
      PARKWAY_PROBE(mutex_release, lock);
      break;
    case WaitKind::kReader:
    case WaitKind::kWriter:
      PARKWAY_PROBE(rwlock_unlock, lock);
      break;
    case WaitKind::kConditionVariable:
      PARKWAY_PROBE(cond_signal, lock);
      break;
    default:
      PARKWAY_PROBE(wake, lock);
  }
}

}  // namespace parkway::internal

#endif  // PARKWAY_PROFILE_PROBES_H_
