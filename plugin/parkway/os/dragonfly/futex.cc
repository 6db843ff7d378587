// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cstdint>

#include "parkway/os/call_failed.h"
#include "parkway/os/dragonfly/calls.h"
#include "parkway/os/os.h"
#include "parkway/os/time_left.h"

namespace parkway::os {
namespace {

const volatile int* as_int(std::atomic<std::uint32_t>* word) {
  static_assert(sizeof(*word) == sizeof(int) &&
                    std::atomic<std::uint32_t>::is_always_lock_free,
                "the kernel reads the word as a plain int");
  return reinterpret_cast<const volatile int*>(word);
}

// In one call; the kernel may cut it shorter.
constexpr std::int64_t kLongestUs = 1000000;

}  // namespace

bool futexsleep(std::atomic<std::uint32_t>* word, std::uint32_t expected,
                std::int64_t deadline) noexcept {
  for (;;) {
    std::int64_t us = 0;
    if (deadline != kForever) {
      const std::int64_t left = time_left(deadline);
      if (left == 0) return false;
      // Up: 0 would have no end.
      us = std::min((left - 1) / 1000 + 1, kLongestUs);
    }
    const int error = dragonfly::umtx_sleep(
        as_int(word), static_cast<int>(expected), static_cast<int>(us));
    // EWOULDBLOCK ends that part of the time; the next call compares again.
    if (error == dragonfly::kEwouldblock && deadline != kForever) continue;
    // EFAULT: the page can't be had now; whoever looks at it will see.
    if (error != 0 && error != dragonfly::kEbusy &&
        error != dragonfly::kEintr && error != dragonfly::kEfault &&
        error != dragonfly::kEwouldblock) {
      call_failed("umtx_sleep", error);
    }
    return true;
  }
}

void futexwakeup(std::atomic<std::uint32_t>* word,
                 std::uint32_t count) noexcept {
  // To the kernel 0 is all.
  if (count == 0) return;
  const int error = dragonfly::umtx_wakeup(
      as_int(word), count > INT32_MAX ? 0 : static_cast<int>(count));
  // EFAULT: the memory was unmapped since the release that came before this
  // call; then there is nobody left to wake.
  if (error != 0 && error != dragonfly::kEfault) {
    call_failed("umtx_wakeup", error);
  }
}

}  // namespace parkway::os
