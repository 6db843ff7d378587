// SPDX-License-Identifier: Apache-2.0

// DragonFly's calls on Linux, by the page umtx(2) of DragonFly 6, and
// sys/kern/kern_umtx.c where the page says nothing:
//   - the longest sleep is a second (kern.umtx_timeout_max), also of one that
//     has no end;
//   - both calls add 0 to the word, and fail where it can't be written;
//   - a wake of more than one is a wake of all.
#include "parkway/os/dragonfly/calls.h"

#include <algorithm>
#include <cstdint>

#include "tests/os/errors.h"
#include "tests/os/kernel.h"

namespace parkway::os::dragonfly {
namespace {

namespace kernel = test::kernel;
using test::bsd::kEinval;

constexpr std::uint64_t kKind = 0;

bool is_bad(const volatile int* word) {
  return reinterpret_cast<std::uintptr_t>(word) % sizeof(int) != 0 ||
         !kernel::IsWritable(const_cast<volatile int*>(word));
}

int sleep(const volatile int* word, int value, int microseconds) {
  if (microseconds < 0) return kEinval;
  kernel::Lock lock;
  if (is_bad(word)) return kEfault;
  if (kernel::Compare(word, static_cast<std::uint32_t>(value)) !=
      kernel::Seen::kSame) {
    return kEbusy;
  }
  std::int64_t longest = 1000000;
  // The setting may be any.
  if (kernel::Fault(lock)) longest = 500;
  const std::int64_t time = microseconds == 0
                                ? longest
                                : std::min<std::int64_t>(microseconds, longest);
  switch (kernel::Sleep(lock, kernel::KeyOf(word, kKind),
                        kernel::After(time * 1000),
                        kernel::Faults::kSignalsOrNothing)) {
    case kernel::End::kTimeout:
      return kEwouldblock;
    case kernel::End::kSignal:
    case kernel::End::kRestart:
      return kEintr;
    default:
      return 0;
  }
}

}  // namespace

int umtx_sleep(const volatile int* word, int value, int microseconds) noexcept {
  kernel::PerhapsLate();
  const int error = sleep(word, value, microseconds);
  kernel::PerhapsLate();
  return error;
}

int umtx_wakeup(const volatile int* word, int count) noexcept {
  kernel::PerhapsLate();
  kernel::Lock lock;
  if (is_bad(word)) return kEfault;
  kernel::Wake(lock, kernel::KeyOf(word, kKind), count == 1 ? 1 : kernel::kAll);
  return 0;
}

}  // namespace parkway::os::dragonfly
