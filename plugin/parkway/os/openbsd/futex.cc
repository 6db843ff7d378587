// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cstdint>

#include "parkway/os/call_failed.h"
#include "parkway/os/openbsd/calls.h"
#include "parkway/os/os.h"
#include "parkway/os/posix/timespec_of.h"
#include "parkway/os/time_left.h"

namespace parkway::os {

static_assert(sizeof(std::atomic<std::uint32_t>) == 4 &&
                  std::atomic<std::uint32_t>::is_always_lock_free,
              "the kernel reads the word as a plain 32-bit integer");

bool futexsleep(std::atomic<std::uint32_t>* word, std::uint32_t expected,
                std::int64_t deadline) noexcept {
  timespec time{};
  const timespec* timeout = nullptr;
  if (deadline != kForever) {
    const std::int64_t left = time_left(deadline);
    if (left == 0) return false;
    time = posix::timespec_of(left);
    timeout = &time;
  }
  const int error =
      openbsd::futex_wait(word, openbsd::kFutexWait | openbsd::kFutexPrivate,
                          static_cast<int>(expected), timeout);
  if (error == openbsd::kEtimedout) return nanotime() < deadline;
  // EFAULT: the page can't be had now; whoever looks at it will see.
  if (error != 0 && error != openbsd::kEagain && error != openbsd::kEintr &&
      error != openbsd::kEcanceled && error != openbsd::kEfault) {
    call_failed("futex(FUTEX_WAIT)", error);
  }
  return true;
}

void futexwakeup(std::atomic<std::uint32_t>* word,
                 std::uint32_t count) noexcept {
  const std::uint32_t most = INT32_MAX;
  const int woken =
      openbsd::futex_wake(word, openbsd::kFutexWake | openbsd::kFutexPrivate,
                          static_cast<int>(std::min(count, most)));
  if (woken < 0) call_failed("futex(FUTEX_WAKE)", last_error());
}

}  // namespace parkway::os
