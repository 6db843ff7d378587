// SPDX-License-Identifier: Apache-2.0

// NetBSD 10 has the futexes of its Linux emulation for everybody. Before it
// there are parked threads only.
#include <algorithm>
#include <cstdint>

#include "parkway/os/call_failed.h"
#include "parkway/os/derived/futex_by_semaphore.h"
#include "parkway/os/netbsd/calls.h"
#include "parkway/os/os.h"
#include "parkway/os/posix/timespec_of.h"
#include "parkway/os/time_left.h"

namespace parkway::os {
namespace {

// By the kernel's number, not by trying: it ends programs that make a call that
// it does not know.
bool has_futex() {
  enum State : int { kUnknown, kYes, kNo };
  // relaxed: all find the same.
  static std::atomic<int> known{kUnknown};
  int state = known.load(std::memory_order_relaxed);
  if (state == kUnknown) {
    state = netbsd::kernel_revision() >= 1000000000 ? kYes : kNo;
    known.store(state, std::memory_order_relaxed);
  }
  return state == kYes;
}

}  // namespace

bool futexsleep(std::atomic<std::uint32_t>* word, std::uint32_t expected,
                std::int64_t deadline) noexcept {
  if (!has_futex()) return derived::futexsleep(word, expected, deadline);
  timespec time{};
  const timespec* timeout = nullptr;
  if (deadline != kForever) {
    const std::int64_t left = time_left(deadline);
    if (left == 0) return false;
    time = posix::timespec_of(left);
    timeout = &time;
  }
  const int error =
      netbsd::futex(word, netbsd::kFutexWait | netbsd::kFutexPrivate,
                    static_cast<int>(expected), timeout);
  if (error == netbsd::kEtimedout) return nanotime() < deadline;
  // EFAULT: the page can't be had now; whoever looks at it will see.
  if (error != 0 && error != netbsd::kEagain && error != netbsd::kEintr &&
      error != netbsd::kEfault) {
    call_failed("___futex(FUTEX_WAIT)", error);
  }
  return true;
}

void futexwakeup(std::atomic<std::uint32_t>* word,
                 std::uint32_t count) noexcept {
  if (!has_futex()) {
    derived::futexwakeup(word, count);
    return;
  }
  const std::uint32_t most = INT32_MAX;
  const int error =
      netbsd::futex(word, netbsd::kFutexWake | netbsd::kFutexPrivate,
                    static_cast<int>(std::min(count, most)), nullptr);
  // EFAULT: the memory was unmapped since the release that came before this
  // call; then there is nobody left to wake.
  if (error != 0 && error != netbsd::kEfault) {
    call_failed("___futex(FUTEX_WAKE)", error);
  }
}

}  // namespace parkway::os
