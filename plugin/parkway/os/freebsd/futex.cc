// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cstdint>

#include "parkway/os/call_failed.h"
#include "parkway/os/freebsd/calls.h"
#include "parkway/os/os.h"
#include "parkway/os/posix/timespec_of.h"

namespace parkway::os {

static_assert(sizeof(std::atomic<std::uint32_t>) == sizeof(unsigned) &&
                  std::atomic<std::uint32_t>::is_always_lock_free,
              "the kernel reads the word as a plain unsigned int");

bool futexsleep(std::atomic<std::uint32_t>* word, std::uint32_t expected,
                std::int64_t deadline) noexcept {
  freebsd::UmtxTime time{};
  void* size = nullptr;
  void* at = nullptr;
  if (deadline != kForever) {
    time.timeout = posix::timespec_of(deadline);
    time.flags = freebsd::kAbsolute;
    time.clock = freebsd::kClockMonotonic;
    size = reinterpret_cast<void*>(sizeof(time));
    at = &time;
  }
  const int error =
      freebsd::umtx_op(word, freebsd::kWaitUintPrivate, expected, size, at);
  if (error == freebsd::kEtimedout) return false;
  // EFAULT: the page can't be had now; whoever looks at it will see.
  if (error != 0 && error != freebsd::kEintr && error != freebsd::kEfault) {
    call_failed("_umtx_op(UMTX_OP_WAIT_UINT_PRIVATE)", error);
  }
  return true;
}

void futexwakeup(std::atomic<std::uint32_t>* word,
                 std::uint32_t count) noexcept {
  // The kernel takes it as an int.
  const std::uint32_t most = INT32_MAX;
  const int error = freebsd::umtx_op(word, freebsd::kWakePrivate,
                                     std::min(count, most), nullptr, nullptr);
  // EFAULT: the memory was unmapped since the release that came before this
  // call; then there is nobody left to wake.
  if (error != 0 && error != freebsd::kEfault) {
    call_failed("_umtx_op(UMTX_OP_WAKE_PRIVATE)", error);
  }
}

}  // namespace parkway::os
