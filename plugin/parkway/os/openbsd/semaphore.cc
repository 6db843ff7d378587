// SPDX-License-Identifier: Apache-2.0

// The sleep of 2011, which OpenBSD still has beside its futexes. The handle is
// the number of wakeups that were not consumed yet, 0 or 1. It is the abort
// word of the sleep as well: the kernel looks at it when it has what a wake
// needs, so that none is lost between the look here and the sleep.
//
// Origin: the semasleep and semawakeup of Go's os_openbsd.go.
#include "parkway/os/semaphore.h"

#include <cstdint>

#include "parkway/os/call_failed.h"
#include "parkway/os/low_word.h"
#include "parkway/os/openbsd/calls.h"
#include "parkway/os/os.h"
#include "parkway/os/posix/timespec_of.h"

namespace parkway::os {

bool semasleep(ThreadSemaphore* semaphore, std::int64_t deadline) noexcept {
  std::atomic<std::uintptr_t>& handle = semaphore->handle;
  const timespec time = posix::timespec_of(deadline);
  const timespec* const at = deadline == kForever ? nullptr : &time;
  for (bool in_time = true;;) {
    std::uintptr_t count = 1;
    // acquire: pairs with the release in semawakeup().
    if (handle.compare_exchange_strong(count, 0, std::memory_order_acquire)) {
      return true;
    }
    if (!in_time) return false;
    const int error = openbsd::thrsleep(&handle, at, low_word(semaphore));
    // EWOULDBLOCK is the end of the time, by the clock of nanotime().
    in_time = error != openbsd::kEagain || nanotime() < deadline;
    // ECANCELED is EINTR after a signal whose handler has SA_RESTART.
    if (error != 0 && error != openbsd::kEintr &&
        error != openbsd::kEcanceled && error != openbsd::kEagain) {
      call_failed("__thrsleep", error);
    }
  }
}

void semawakeup(ThreadSemaphore* semaphore) noexcept {
  // release: pairs with the acquire in semasleep().
  semaphore->handle.store(1, std::memory_order_release);
  // By address. ESRCH: it did not sleep, and does not now.
  const int error = openbsd::thrwakeup(&semaphore->handle, 1);
  if (error != 0 && error != openbsd::kEsrch) {
    call_failed("__thrwakeup", error);
  }
}

void semaclose(ThreadSemaphore* semaphore) noexcept {
  semaphore->handle.store(0, std::memory_order_relaxed);
}

}  // namespace parkway::os
