// SPDX-License-Identifier: Apache-2.0

// macOS 14.4 and its relatives have futexes, older ones Mach's semaphores only.
// (Their __ulock_wait is private: Apple may change it.)
#include <cstdint>

#include "parkway/os/call_failed.h"
#include "parkway/os/darwin/calls.h"
#include "parkway/os/derived/futex_by_semaphore.h"
#include "parkway/os/os.h"
#include "parkway/os/time_left.h"

namespace parkway::os {

static_assert(sizeof(std::atomic<std::uint32_t>) == 4 &&
                  std::atomic<std::uint32_t>::is_always_lock_free,
              "the kernel reads the word as a plain 32-bit integer");

bool futexsleep(std::atomic<std::uint32_t>* word, std::uint32_t expected,
                std::int64_t deadline) noexcept {
  if (!darwin::has_sync()) {
    return derived::futexsleep(word, expected, deadline);
  }
  int error = 0;
  if (deadline == kForever) {
    error = darwin::sync_wait(word, expected, sizeof(*word), darwin::kPrivate);
  } else {
    const std::int64_t left = time_left(deadline);
    if (left == 0) return false;
    error =
        darwin::sync_wait_for(word, expected, sizeof(*word), darwin::kPrivate,
                              static_cast<std::uint64_t>(left));
  }
  if (error == darwin::kEtimedout) return nanotime() < deadline;
  // EFAULT, ENOMEM: the page can't be had now; whoever looks at it will see.
  if (error != 0 && error != darwin::kEintr && error != darwin::kEfault &&
      error != darwin::kEnomem) {
    call_failed("os_sync_wait_on_address", error);
  }
  return true;
}

void futexwakeup(std::atomic<std::uint32_t>* word,
                 std::uint32_t count) noexcept {
  if (!darwin::has_sync()) {
    derived::futexwakeup(word, count);
    return;
  }
  const bool all = count == UINT32_MAX;
  for (std::uint32_t i = 0; i < count; ++i) {
    const int error =
        all ? darwin::sync_wake_all(word, sizeof(*word), darwin::kPrivate)
            : darwin::sync_wake_any(word, sizeof(*word), darwin::kPrivate);
    // The wake is not to be lost.
    if (error == darwin::kEintr || error == darwin::kEnomem) {
      --i;
      continue;
    }
    // The memory may be another's since the release that came before this call;
    // then there is nobody left to wake. EFAULT: it is not mapped any more.
    // EINVAL: somebody waits there for a word of another size.
    if (error == darwin::kEnoent || error == darwin::kEfault ||
        error == darwin::kEinval) {
      return;
    }
    if (error != 0) call_failed("os_sync_wake_by_address", error);
    if (all) return;
  }
}

}  // namespace parkway::os
