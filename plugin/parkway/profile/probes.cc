// SPDX-License-Identifier: Apache-2.0

#include "parkway/profile/probes.h"

#if defined(__linux__) && defined(__has_include)
#if __has_include(<sys/sdt.h>)
#include <sys/sdt.h>
#define PARKWAY_PROBE(name, address) DTRACE_PROBE1(parkway, name, address)
#endif
#endif

namespace parkway::internal {

#ifdef PARKWAY_PROBE
const bool has_probes = true;
#else
const bool has_probes = false;
#define PARKWAY_PROBE(name, address) static_cast<void>(address)
#endif

void probe_entry(WaitKind kind, const void* lock) noexcept {
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

void probe_end(WaitKind kind, const void* lock) noexcept {
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

void probe_release(WaitKind kind, const void* lock) noexcept {
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
