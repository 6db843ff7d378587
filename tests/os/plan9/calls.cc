// SPDX-License-Identifier: Apache-2.0

// Plan 9's calls on Linux, by the page semacquire(2) of Plan 9's fourth
// edition, and sys/src/9/port/sysproc.c where the page says nothing:
//   - the kernel takes from the word itself; whoever is woken tries again, and
//     may find that another one was faster;
//   - a count below 0 is an error.
#include "parkway/os/plan9/calls.h"

#include <cstdint>

#include "tests/os/kernel.h"

namespace parkway::os::plan9 {
namespace {

namespace kernel = test::kernel;

constexpr std::uint64_t kKind = 0;

bool is_bad(std::int32_t* address) {
  return reinterpret_cast<std::uintptr_t>(address) % sizeof(*address) != 0 ||
         !kernel::IsWritable(address);
}

bool can_acquire(std::int32_t* address) {
  std::int32_t value = __atomic_load_n(address, __ATOMIC_SEQ_CST);
  while (value > 0) {
    if (__atomic_compare_exchange_n(address, &value, value - 1, false,
                                    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
      return true;
    }
  }
  return false;
}

// `end` 0: only tries.
int acquire(std::int32_t* address, std::int64_t end) {
  kernel::Lock lock;
  if (is_bad(address)) return -1;
  if (__atomic_load_n(address, __ATOMIC_SEQ_CST) < 0) return -1;
  for (;;) {
    if (can_acquire(address)) return 1;
    if (end == 0) return 0;
    switch (kernel::Sleep(lock, kernel::KeyOf(address, kKind), end,
                          kernel::Faults::kSignals)) {
      case kernel::End::kTimeout:
        return 0;
      case kernel::End::kSignal:
      case kernel::End::kRestart:
        return -1;
      default:
        break;
    }
  }
}

}  // namespace

int semacquire(std::int32_t* address, int block) noexcept {
  kernel::PerhapsLate();
  const int result = acquire(address, block != 0 ? kernel::kNever : 0);
  kernel::PerhapsLate();
  return result;
}

int tsemacquire(std::int32_t* address, std::uint32_t milliseconds) noexcept {
  kernel::PerhapsLate();
  const int result = acquire(
      address, milliseconds == 0
                   ? 0
                   : kernel::After(std::int64_t{milliseconds} * 1000000));
  kernel::PerhapsLate();
  return result;
}

std::int32_t semrelease(std::int32_t* address, std::int32_t count) noexcept {
  kernel::PerhapsLate();
  kernel::Lock lock;
  if (count < 0 || is_bad(address)) return -1;
  if (__atomic_load_n(address, __ATOMIC_SEQ_CST) < 0) return -1;
  const std::int32_t value =
      __atomic_add_fetch(address, count, __ATOMIC_SEQ_CST);
  kernel::Wake(lock, kernel::KeyOf(address, kKind), count);
  return value;
}

}  // namespace parkway::os::plan9
