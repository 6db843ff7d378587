// SPDX-License-Identifier: Apache-2.0

#include <errno.h>
#include <linux/futex.h>
#include <linux/types.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>

#include "parkway/os/call_failed.h"
#include "parkway/os/linux/futex_call.h"
#include "parkway/os/os.h"
#include "parkway/os/posix/saved_errno.h"

// riscv32 has futex_time64 alone.
#ifndef SYS_futex
#define SYS_futex -1
#endif

namespace parkway::os {
namespace {

static_assert(sizeof(std::atomic<std::uint32_t>) == 4 &&
                  std::atomic<std::uint32_t>::is_always_lock_free,
              "the kernel reads the word as a plain 32-bit integer");

long make_call(long number, void* word, int operation, std::uint32_t value,
               const void* time) {
  const long result = syscall(number, word, operation, value, time, nullptr,
                              FUTEX_BITSET_MATCH_ANY);
  return result == -1 ? -errno : result;
}

struct Kernel {
  static constexpr long kOld = SYS_futex;
  // The same on all processors; headers may be older.
  [[maybe_unused]] static constexpr long kTime64 = 422;
  [[maybe_unused]] static constexpr bool kTime64First =
      kOld < 0 || sizeof(time_t) == 8;
  static long call(long number, void* word, int operation, std::uint32_t value,
                   const void* time) {
    return make_call(number, word, operation, value, time);
  }
};

// The kernel's long, not the program's: x32 has the times of x86-64.
template <class KernelLong>
long call(void* word, int operation, std::uint32_t value,
          std::int64_t deadline) {
  if constexpr (sizeof(KernelLong) == 4) {
    return kernel::NarrowFutex<Kernel>::call(word, operation, value, deadline);
  } else {
    if (deadline == kForever) {
      return make_call(SYS_futex, word, operation, value, nullptr);
    }
    const auto time = kernel::time_of<std::int64_t>(deadline);
    return make_call(SYS_futex, word, operation, value, &time);
  }
}

}  // namespace

bool futexsleep(std::atomic<std::uint32_t>* word, std::uint32_t expected,
                std::int64_t deadline) noexcept {
  const posix::SavedErrno keep;
  // FUTEX_WAIT_BITSET takes an absolute CLOCK_MONOTONIC time; plain
  // FUTEX_WAIT takes a relative one and would stretch with every EINTR.
  const long result = call<__kernel_long_t>(word, FUTEX_WAIT_BITSET_PRIVATE,
                                            expected, deadline);
  // EFAULT: the page can't be had now; whoever looks at it will see.
  if (result == -ETIMEDOUT) return false;
  if (result != 0 && result != -EAGAIN && result != -EINTR &&
      result != -EFAULT) {
    call_failed("futex(FUTEX_WAIT_BITSET)", -result);
  }
  return true;
}

void futexwakeup(std::atomic<std::uint32_t>* word,
                 std::uint32_t count) noexcept {
  const posix::SavedErrno keep;
  // To the kernel a number above that is negative, and means one.
  const std::uint32_t most = INT32_MAX;
  const long result = call<__kernel_long_t>(word, FUTEX_WAKE_PRIVATE,
                                            std::min(count, most), kForever);
  // The memory may be another's since the release that came before this call;
  // then there is nobody left to wake. EFAULT: it is not mapped any more.
  // EINVAL: somebody waits there with priority inheritance, for a pthread mutex
  // that has come to lie at the address.
  if (result < 0 && result != -EFAULT && result != -EINVAL) {
    call_failed("futex(FUTEX_WAKE)", -result);
  }
}

}  // namespace parkway::os
