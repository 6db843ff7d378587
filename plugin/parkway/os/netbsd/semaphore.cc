// SPDX-License-Identifier: Apache-2.0

// Parked threads. The kernel remembers one unpark for each thread; the
// semaphore remembers the wakeup itself, because the thread may be parked for
// something else by then.
//
// handle  0      nothing
//         1      a wakeup that was not consumed yet
//         2 * n  thread n is parked, or about to be
//
// Origin: the semasleep and semawakeup of Go's os_netbsd.go.
#include "parkway/os/semaphore.h"

#include <cstdint>

#include "parkway/os/call_failed.h"
#include "parkway/os/netbsd/calls.h"
#include "parkway/os/os.h"
#include "parkway/os/posix/timespec_of.h"

namespace parkway::os {
namespace {

constexpr std::uintptr_t kNothing = 0;
constexpr std::uintptr_t kWoken = 1;

}  // namespace

bool semasleep(ThreadSemaphore* semaphore, std::int64_t deadline) noexcept {
  std::atomic<std::uintptr_t>& handle = semaphore->handle;
  const std::uintptr_t self =
      static_cast<std::uintptr_t>(netbsd::lwp_self()) * 2;
  const timespec time = posix::timespec_of(deadline);
  const timespec* const at = deadline == kForever ? nullptr : &time;
  std::uintptr_t state = kNothing;
  // acquire, here and below: pairs with the release in semawakeup().
  bool sleeps =
      handle.compare_exchange_strong(state, self, std::memory_order_acquire);
  while (sleeps) {
    const int error = netbsd::lwp_park(at, &handle);
    if (error != 0 && error != netbsd::kEintr && error != netbsd::kEalready &&
        error != netbsd::kEtimedout) {
      call_failed("___lwp_park60", error);
    }
    state = handle.load(std::memory_order_acquire);
    if (state == kWoken) break;
    if (error != netbsd::kEtimedout || nanotime() < deadline) continue;
    if (handle.compare_exchange_strong(state, kNothing,
                                       std::memory_order_acquire)) {
      return false;
    }
    sleeps = false;
  }
  // relaxed: the next wakeup comes from who knows that this one was consumed.
  handle.store(kNothing, std::memory_order_relaxed);
  return true;
}

void semawakeup(ThreadSemaphore* semaphore) noexcept {
  // release: pairs with the acquires in semasleep().
  const std::uintptr_t state =
      semaphore->handle.exchange(kWoken, std::memory_order_release);
  if (state == kNothing) return;
  // From here on by number. ESRCH: it has seen the wakeup by itself, and is
  // gone.
  const int error =
      netbsd::lwp_unpark(static_cast<int>(state / 2), &semaphore->handle);
  if (error != 0 && error != netbsd::kEsrch) {
    call_failed("_lwp_unpark", error);
  }
}

void semaclose(ThreadSemaphore* semaphore) noexcept {
  semaphore->handle.store(kNothing, std::memory_order_relaxed);
}

}  // namespace parkway::os
