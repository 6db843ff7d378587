// SPDX-License-Identifier: Apache-2.0

#include <errno.h>
#include <sys/mman.h>

#include <atomic>

#include "parkway/os/os.h"
#include "parkway/os/posix/choices.h"
#include "parkway/os/posix/saved_errno.h"

// Newer than the headers that the library may be built with.
#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#endif

namespace parkway::os {
namespace {

// Whether a guard is one: an emulator of system calls may say yes to any advice
// and do nothing (qemu-user does). A kernel can't read a guarded page, either.
bool guards(void* page, std::size_t bytes) {
  enum State : int { kUnknown, kYes, kNo };
  // relaxed: everybody finds out the same.
  static std::atomic<int> known{kUnknown};
  const int before = known.load(std::memory_order_relaxed);
  if (before != kUnknown) return before == kYes;
  const bool yes =
      madvise(page, bytes, MADV_POPULATE_READ) != 0 && errno == EFAULT;
  known.store(yes ? kYes : kNo, std::memory_order_relaxed);
  return yes;
}

}  // namespace

// MAP_NORESERVE: most of a stack is never touched. MAP_STACK is what tells a
// newer kernel that a huge page would be a waste.
extern const int posix::kStackMapFlags =
    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK;

void posix::advise_stacks(void* memory, std::size_t bytes) noexcept {
  // For kernels before 6.7. One that has no huge pages says EINVAL.
  madvise(memory, bytes, MADV_NOHUGEPAGE);
}

bool guard_stack(void* page, std::size_t bytes) noexcept {
  const posix::SavedErrno keep;
  // EINVAL: an older kernel, or locked memory (mlockall).
  if (madvise(page, bytes, MADV_GUARD_INSTALL) == 0 && guards(page, bytes)) {
    return true;
  }
  return mprotect(page, bytes, PROT_NONE) == 0;
}

void release_stack(void* page, std::size_t bytes, bool lazily) noexcept {
  const posix::SavedErrno keep;
  // Fails for locked memory, which stays then. MADV_FREE: Linux 4.5.
  if (lazily && madvise(page, bytes, MADV_FREE) == 0) return;
  madvise(page, bytes, MADV_DONTNEED);
}

}  // namespace parkway::os
