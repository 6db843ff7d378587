// SPDX-License-Identifier: Apache-2.0

// The semaphore set: an auto-reset event for each semaphore, as in Go's runtime
// of 2011. Every Windows has it.
//
// A ThreadSemaphore's handle is 0 as long as nobody has slept; kWakeup if
// a wakeup came before the first sleep; then the event's, until it is closed.
#include "parkway/os/semaphore.h"

#include <atomic>
#include <cstdint>

#include "parkway/os/call_failed.h"
#include "parkway/os/os.h"
#include "parkway/os/windows/calls.h"
#include "parkway/os/windows/keep_last_error.h"
#include "parkway/os/windows/milliseconds_until.h"

namespace parkway::os {
namespace {

constexpr std::uintptr_t kWakeup = 1;  // no handle

}  // namespace

bool semasleep(ThreadSemaphore* semaphore, std::int64_t deadline) noexcept {
  const windows::KeepLastError keep;
  // acquire, here and below: pairs with the release in semawakeup().
  std::uintptr_t event = semaphore->handle.load(std::memory_order_acquire);
  if (event == kWakeup) {
    // relaxed: until the next wakeup it is this thread's alone.
    semaphore->handle.store(0, std::memory_order_relaxed);
    return true;
  }
  if (event == 0) {
    // Nothing to sleep on is made for who only looks.
    if (windows::milliseconds_until(deadline) == 0) return false;
    const std::uintptr_t made = windows::create_event();
    if (made == 0) call_failed("CreateEventW", last_error());
    // release: pairs with the acquire in semawakeup().
    if (!semaphore->handle.compare_exchange_strong(event, made,
                                                   std::memory_order_acq_rel,
                                                   std::memory_order_acquire)) {
      // The wakeup came meanwhile, and the next one comes after it is consumed.
      semaphore->handle.store(made, std::memory_order_release);
      return true;
    }
    event = made;
  }
  for (;;) {
    const std::uint32_t result =
        windows::wait_for_event(event, windows::milliseconds_until(deadline));
    if (result == windows::kWaitObject0) return true;
    if (result != windows::kWaitTimeout) {
      call_failed("WaitForSingleObject", last_error());
    }
    if (windows::is_over(deadline)) return false;
  }
}

void semawakeup(ThreadSemaphore* semaphore) noexcept {
  // acquire: pairs with the release in semasleep().
  std::uintptr_t event = semaphore->handle.load(std::memory_order_acquire);
  // release: pairs with the acquire in semasleep().
  if (event == 0 && semaphore->handle.compare_exchange_strong(
                        event, kWakeup, std::memory_order_acq_rel,
                        std::memory_order_acquire)) {
    return;
  }
  const windows::KeepLastError keep;
  // From here on the semaphore may be gone. Its event is there until the
  // sleeper has seen that it is set.
  if (!windows::set_event(event)) call_failed("SetEvent", last_error());
}

void semaclose(ThreadSemaphore* semaphore) noexcept {
  const std::uintptr_t event =
      semaphore->handle.exchange(0, std::memory_order_acq_rel);
  if (event == 0 || event == kWakeup) return;
  const windows::KeepLastError keep;
  if (!windows::close_event(event)) call_failed("CloseHandle", last_error());
}

}  // namespace parkway::os
