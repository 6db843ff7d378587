// SPDX-License-Identifier: Apache-2.0

// Abseil's extension points below Mutex, as one set: its Mutex stays, its
// threads sleep and wake in parkway. Strong definitions of what Abseil defines
// weak; compiled anew for every Abseil, whose headers say the names and the
// types. Init and Poke are asked for since 20230802; older ones do the same to
// the same word.
#include "absl/synchronization/internal/per_thread_sem.h"

#include <atomic>
#include <cstdint>
#include <new>

#include "absl/base/config.h"
#include "absl/synchronization/internal/create_thread_identity.h"
#include "parkway/absl/per_thread_sem/semaphore.h"
#include "parkway/os/os.h"

namespace pts = parkway::per_thread_sem;

extern "C" {

void ABSL_INTERNAL_C_SYMBOL(AbslInternalPerThreadSemInit)(
    pts::Identity* identity) {
  new (identity->waiter_state.data) pts::Semaphore;
}

void ABSL_INTERNAL_C_SYMBOL(AbslInternalPerThreadSemPost)(
    pts::Identity* identity) {
  pts::semaphore_of(identity).wakeup();
}

bool ABSL_INTERNAL_C_SYMBOL(AbslInternalPerThreadSemWait)(
    pts::KernelTimeout t) {
  pts::Identity* const self =
      absl::synchronization_internal::GetOrCreateCurrentThreadIdentity();
  const pts::Waiting waiting(*self);
  do {
    if (pts::semaphore_of(self).sleep(pts::deadline(t))) return true;
  } while (!pts::expired(t));
  return false;
}

void ABSL_INTERNAL_C_SYMBOL(AbslInternalPerThreadSemPoke)(
    pts::Identity* identity) {
  // The sleeper finds its count unchanged and sleeps on.
  pts::IdlePlatform::futexwakeup(*reinterpret_cast<std::atomic<std::uint32_t>*>(
                                     identity->waiter_state.data),
                                 1);
}

void ABSL_INTERNAL_C_SYMBOL(AbslInternalMutexYield)() {
  parkway::os::osyield();
}

}  // extern "C"
