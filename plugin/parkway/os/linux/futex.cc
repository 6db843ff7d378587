// SPDX-License-Identifier: Apache-2.0

#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>

#include "parkway/os/os.h"

namespace parkway::os {

static_assert(sizeof(std::atomic<std::uint32_t>) == 4 &&
                  std::atomic<std::uint32_t>::is_always_lock_free,
              "the kernel reads the word as a plain 32-bit integer");

bool futexsleep(std::atomic<std::uint32_t>* word, std::uint32_t expected,
                std::int64_t deadline) noexcept {
  timespec at{};
  timespec* timeout = nullptr;
  if (deadline != kForever) {
    if (deadline < 0) deadline = 0;
    at.tv_sec = static_cast<time_t>(deadline / 1000000000);
    at.tv_nsec = static_cast<long>(deadline % 1000000000);
    timeout = &at;
  }
  // FUTEX_WAIT_BITSET takes an absolute CLOCK_MONOTONIC time; plain
  // FUTEX_WAIT takes a relative one and would stretch with every EINTR.
  const int saved = errno;
  const long r = syscall(SYS_futex, word, FUTEX_WAIT_BITSET_PRIVATE, expected,
                         timeout, nullptr, FUTEX_BITSET_MATCH_ANY);
  const bool timed_out = r == -1 && errno == ETIMEDOUT;
  errno = saved;
  return !timed_out;
}

void futexwakeup(std::atomic<std::uint32_t>* word,
                 std::uint32_t count) noexcept {
  // Fails only with EFAULT, when the memory was unmapped since the release
  // that came before this call: then there is nobody left to wake.
  const int saved = errno;
  // To the kernel a number above that is negative, and means one.
  const std::uint32_t most = INT32_MAX;
  syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, std::min(count, most), nullptr,
          nullptr, 0);
  errno = saved;
}

}  // namespace parkway::os
