// SPDX-License-Identifier: Apache-2.0

// FreeBSD's calls on Linux, by the pages _umtx_op(2), membarrier(2) and
// getosreldate(3) of FreeBSD 14, and sys/kern/kern_umtx.c where the pages say
// nothing:
//   - a word that differs is no error;
//   - the rest of the time is not given back, nor is the call restarted after
//     a signal (ERESTART becomes EINTR);
//   - a wake reads nothing at the address, and wakes one at least.
#include "parkway/os/freebsd/calls.h"

#include <time.h>

#include <atomic>
#include <cstdint>

#include "parkway/os/fork_generation.h"
#include "tests/os/errors.h"
#include "tests/os/kernel.h"

namespace parkway::os::freebsd {
namespace {

namespace kernel = test::kernel;
using test::bsd::kEinval;

// UMTX_OP_WAIT_UINT_PRIVATE's alone: the others are other words.
constexpr std::uint64_t kKind = kWaitUintPrivate;

// When the sleep ends: false if the kernel refuses the time.
bool end_of(void* size, const void* time, std::int64_t* end) {
  *end = kernel::kNever;
  if (time == nullptr) return true;
  const auto bytes = reinterpret_cast<std::uintptr_t>(size);
  const auto& given = *static_cast<const UmtxTime*>(time);
  if (!kernel::IsValid(given.timeout)) return false;
  const std::int64_t length = kernel::NanosecondsOf(given.timeout);
  // A timespec is relative.
  if (bytes <= sizeof(timespec)) {
    *end = kernel::After(length);
    return true;
  }
  constexpr std::uint32_t kClockRealtime = 0;
  if (given.clock != kClockMonotonic && given.clock != kClockRealtime) {
    return false;
  }
  if ((given.flags & kAbsolute) == 0) {
    *end = kernel::After(length);
    return true;
  }
  *end = length;
  if (given.clock == kClockRealtime) {
    timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    *end = kernel::After(length - kernel::NanosecondsOf(now));
  }
  return true;
}

int wait(void* object, std::uint32_t value, void* size, void* time) {
  std::int64_t end = 0;
  if (!end_of(size, time, &end)) return kEinval;
  kernel::Lock lock;
  switch (kernel::Compare(object, value)) {
    case kernel::Seen::kFault:
      return kEfault;
    case kernel::Seen::kDiffers:
      return 0;
    case kernel::Seen::kSame:
      break;
  }
  switch (kernel::Sleep(lock, kernel::KeyOf(object, kKind), end,
                        kernel::Faults::kSignalsOrNothing)) {
    case kernel::End::kTimeout:
      return kEtimedout;
    case kernel::End::kSignal:
    case kernel::End::kRestart:
      return kEintr;
    default:
      return 0;
  }
}

// Of the process, which a child of a fork is not.
std::atomic<std::uint32_t> g_registered_in{UINT32_MAX};

}  // namespace

int umtx_op(void* object, int operation, unsigned long value, void* size,
            void* time) noexcept {
  kernel::PerhapsLate();
  int error = kEinval;
  if (operation == kWaitUintPrivate) {
    error = wait(object, static_cast<std::uint32_t>(value), size, time);
  } else if (operation == kWakePrivate) {
    kernel::Lock lock;
    const int count = static_cast<int>(value);
    kernel::Wake(lock, kernel::KeyOf(object, kKind), count > 0 ? count : 1);
    error = 0;
  }
  kernel::PerhapsLate();
  return error;
}

int membarrier(int command) noexcept {
  const std::uint32_t process = internal::fork_generation();
  if (command == kRegisterPrivateExpedited) {
    g_registered_in = process;
    return 0;
  }
  if (command != kPrivateExpedited) return kEinval;
  if (g_registered_in != process) return kEperm;
  return kernel::HostBarrier() ? 0 : kEinval;
}

int kernel_release() noexcept {
  // Without the host's help the stand-in has no barrier: a release of before.
  constexpr int kWithBarrier = 1401000;
  constexpr int kBefore = 1400097;
  if (kernel::Release() != 0) return kernel::Release();
  return kernel::HostBarrier() ? kWithBarrier : kBefore;
}

}  // namespace parkway::os::freebsd
