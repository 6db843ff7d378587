// SPDX-License-Identifier: Apache-2.0

// Mach's semaphores. The handle is the semaphore's name; who needs it first,
// the sleeper or the waker, makes it.
//
// Origin: the semasleep and semawakeup of Go's os_darwin.c of 2011.
#include "parkway/os/semaphore.h"

#include <algorithm>
#include <cstdint>

#include "parkway/os/call_failed.h"
#include "parkway/os/darwin/calls.h"
#include "parkway/os/os.h"
#include "parkway/os/time_left.h"

namespace parkway::os {
namespace {

darwin::SemaphoreName name_of(ThreadSemaphore* semaphore) {
  // acquire, here and below: pairs with the release of whoever made it, so that
  // the kernel has it.
  std::uintptr_t handle = semaphore->handle.load(std::memory_order_acquire);
  if (handle == 0) {
    darwin::SemaphoreName made = 0;
    const int error = darwin::semaphore_create(&made);
    if (error != darwin::kSuccess) call_failed("semaphore_create", error);
    if (semaphore->handle.compare_exchange_strong(handle, made,
                                                  std::memory_order_acq_rel,
                                                  std::memory_order_acquire)) {
      return made;
    }
    darwin::semaphore_destroy(made);
  }
  return static_cast<darwin::SemaphoreName>(handle);
}

}  // namespace

bool semasleep(ThreadSemaphore* semaphore, std::int64_t deadline) noexcept {
  const darwin::SemaphoreName name = name_of(semaphore);
  for (;;) {
    constexpr std::int64_t kSecond = 1000000000;
    int error = 0;
    std::int64_t left = 0;
    if (deadline == kForever) {
      error = darwin::semaphore_wait(name);
    } else {
      left = time_left(deadline);
      // The last one only looks.
      error = darwin::semaphore_timedwait(
          name,
          static_cast<std::uint32_t>(
              std::min<std::int64_t>(left / kSecond, INT32_MAX)),
          static_cast<std::int32_t>(left % kSecond));
    }
    if (error == darwin::kSuccess) return true;
    if (error == darwin::kOperationTimedOut && deadline != kForever) {
      if (left == 0) return false;
    } else if (error != darwin::kAborted) {
      call_failed("semaphore_wait", error);
    }
  }
}

void semawakeup(ThreadSemaphore* semaphore) noexcept {
  const int error = darwin::semaphore_signal(name_of(semaphore));
  if (error != darwin::kSuccess) call_failed("semaphore_signal", error);
}

void semaclose(ThreadSemaphore* semaphore) noexcept {
  const std::uintptr_t handle =
      semaphore->handle.exchange(0, std::memory_order_relaxed);
  if (handle == 0) return;
  const int error =
      darwin::semaphore_destroy(static_cast<darwin::SemaphoreName>(handle));
  if (error != darwin::kSuccess) call_failed("semaphore_destroy", error);
}

}  // namespace parkway::os
