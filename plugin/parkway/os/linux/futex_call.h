// SPDX-License-Identifier: Apache-2.0

// futex(2) where the processor's words have 32 bits.
//
// There the kernel has two calls. The old one takes times of 32 bits, the new
// one, futex_time64 (Linux 5.1), of 64. A libc with a 64-bit time_t has times
// that the old one reads as garbage: its waits end at once, or never. Kernels
// without the old call exist as well: riscv32, and those that are configured
// without 32-bit times. So times are made here, in the width of the call, and
// whichever the kernel does not know is not asked again.
#ifndef PARKWAY_OS_LINUX_FUTEX_CALL_H_
#define PARKWAY_OS_LINUX_FUTEX_CALL_H_

#include <errno.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <limits>

#include "parkway/os/os.h"

namespace parkway::os::kernel {

// What the kernel reads. Word is the type of its numbers.
template <class Word>
struct Time {
  Word seconds;
  Word nanoseconds;
};

// For deadlines other than kForever. A clock that has run for 68 years is past
// what 32 bits hold.
template <class Word>
Time<Word> time_of(std::int64_t deadline) {
  if (deadline < 0) deadline = 0;
  const std::int64_t most = std::numeric_limits<Word>::max();
  return {static_cast<Word>(std::min(deadline / 1000000000, most)),
          static_cast<Word>(deadline % 1000000000)};
}

// Kernel has
//   kOld, kTime64   the numbers of the calls; kOld is -1 where there is none
//   kTime64First    which one is asked first
//   call(number, word, operation, value, time)
//                   a number that is not below 0, or an error number below 0
template <class Kernel>
class NarrowFutex {
 public:
  // As Kernel::call(). `deadline` may be kForever.
  static long call(void* word, int operation, std::uint32_t value,
                   std::int64_t deadline) {
    // relaxed, both: all find the same.
    const bool time64 = time64_.load(std::memory_order_relaxed);
    const long result = call(time64, word, operation, value, deadline);
    if (!refused(result)) return result;
    const long other = call(!time64, word, operation, value, deadline);
    if (refused(other)) return result;
    time64_.store(!time64, std::memory_order_relaxed);
    return other;
  }

 private:
  // Filters of system calls that are older than futex_time64 say EPERM. Neither
  // operation that is used here does.
  static bool refused(long result) {
    return result == -ENOSYS || result == -EPERM;
  }

  static long call(bool time64, void* word, int operation, std::uint32_t value,
                   std::int64_t deadline) {
    if (time64) {
      return call<std::int64_t>(Kernel::kTime64, word, operation, value,
                                deadline);
    }
    if (Kernel::kOld < 0) return -ENOSYS;
    return call<std::int32_t>(Kernel::kOld, word, operation, value, deadline);
  }

  template <class Word>
  static long call(long number, void* word, int operation, std::uint32_t value,
                   std::int64_t deadline) {
    if (deadline == kForever) {
      return Kernel::call(number, word, operation, value, nullptr);
    }
    const Time<Word> time = time_of<Word>(deadline);
    return Kernel::call(number, word, operation, value, &time);
  }

  static inline std::atomic<bool> time64_{Kernel::kTime64First};
};

}  // namespace parkway::os::kernel

#endif  // PARKWAY_OS_LINUX_FUTEX_CALL_H_
