// SPDX-License-Identifier: Apache-2.0

// The kernel's semaphores: a word that the kernel counts down itself. The
// handle is that word. It needs no making and no closing.
//
// Origin: the semasleep and semawakeup of Go's os_plan9.go.
#include "parkway/os/semaphore.h"

#include <algorithm>
#include <cstdint>

#include "parkway/os/call_failed.h"
#include "parkway/os/low_word.h"
#include "parkway/os/os.h"
#include "parkway/os/plan9/calls.h"
#include "parkway/os/time_left.h"

namespace parkway::os {

bool semasleep(ThreadSemaphore* semaphore, std::int64_t deadline) noexcept {
  std::int32_t* const word = low_word(semaphore);
  for (;;) {
    int result = 0;
    std::int64_t left = 0;
    if (deadline == kForever) {
      result = plan9::semacquire(word, 1);
    } else {
      constexpr std::int64_t kMillisecond = 1000000;
      left = time_left(deadline);
      result =
          left == 0
              ? plan9::semacquire(word, 0)
              : plan9::tsemacquire(
                    word, static_cast<std::uint32_t>(std::min<std::int64_t>(
                              (left - 1) / kMillisecond + 1, INT32_MAX)));
    }
    // The kernel orders memory as the contract asks.
    if (result == 1) return true;
    // A note interrupts it: -1. 0: that part of the time is over; the last time
    // it only looks.
    if (result == 0 && deadline != kForever && left == 0) return false;
  }
}

void semawakeup(ThreadSemaphore* semaphore) noexcept {
  if (plan9::semrelease(low_word(semaphore), 1) < 0) {
    call_failed("semrelease", -1);
  }
}

void semaclose(ThreadSemaphore* semaphore) noexcept {
  semaphore->handle.store(0, std::memory_order_relaxed);
}

}  // namespace parkway::os
