// SPDX-License-Identifier: Apache-2.0

// The futex set: WaitOnAddress() where the system has it (Windows 8), else made
// of the semaphores.
#include <atomic>
#include <cstdint>

#include "parkway/os/call_failed.h"
#include "parkway/os/derived/futex_by_semaphore.h"
#include "parkway/os/os.h"
#include "parkway/os/windows/calls.h"
#include "parkway/os/windows/keep_last_error.h"
#include "parkway/os/windows/milliseconds_until.h"

namespace parkway::os {

static_assert(sizeof(std::atomic<std::uint32_t>) == 4 &&
                  std::atomic<std::uint32_t>::is_always_lock_free,
              "the system compares the word as four bytes");

bool futexsleep(std::atomic<std::uint32_t>* word, std::uint32_t expected,
                std::int64_t deadline) noexcept {
  if (!windows::has_wait_on_address()) {
    return derived::futexsleep(word, expected, deadline);
  }
  const windows::KeepLastError keep;
  for (;;) {
    // What is left of the time is computed again after each return.
    if (windows::wait_on_address(word, &expected, sizeof(expected),
                                 windows::milliseconds_until(deadline))) {
      return true;
    }
    if (last_error() != windows::kErrorTimeout) {
      call_failed("WaitOnAddress", last_error());
    }
    if (windows::is_over(deadline)) return false;
  }
}

void futexwakeup(std::atomic<std::uint32_t>* word,
                 std::uint32_t count) noexcept {
  if (!windows::has_wait_on_address()) {
    derived::futexwakeup(word, count);
    return;
  }
  const windows::KeepLastError keep;
  // More threads than a process ever has.
  constexpr std::uint32_t kAll = std::uint32_t{1} << 20;
  if (count >= kAll) {
    windows::wake_by_address_all(word);
    return;
  }
  for (; count > 0; --count) windows::wake_by_address_single(word);
}

}  // namespace parkway::os
