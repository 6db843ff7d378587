// SPDX-License-Identifier: Apache-2.0

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>

#include "parkway/os/os.h"

// Newer than the headers that the library may be built with.
#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#endif

namespace parkway::os {
namespace {

// Restores errno.
class Errno {
 public:
  Errno() : saved_(errno) {}
  ~Errno() { errno = saved_; }

 private:
  const int saved_;
};

// MAP_NORESERVE: most of a stack is never touched. MAP_STACK is what tells a
// newer kernel that a huge page would be a waste.
void* map(std::size_t bytes) {
  void* const memory =
      mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

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

void* map_stacks(std::size_t bytes, std::size_t alignment) noexcept {
  const Errno keep;
  void* memory = map(bytes);
  if (memory == nullptr) return nullptr;
  // A neighbour of the last one of that kind is aligned already.
  if (reinterpret_cast<std::uintptr_t>(memory) % alignment != 0) {
    munmap(memory, bytes);
    memory = map(bytes + alignment);
    if (memory == nullptr) return nullptr;
    char* const begin = static_cast<char*>(memory);
    const std::size_t before =
        (alignment - reinterpret_cast<std::uintptr_t>(begin) % alignment) %
        alignment;
    if (before != 0) munmap(begin, before);
    munmap(begin + before + bytes, alignment - before);
    memory = begin + before;
  }
  // For kernels before 6.7. One that has no huge pages says EINVAL.
  madvise(memory, bytes, MADV_NOHUGEPAGE);
  return memory;
}

void unmap_stacks(void* memory, std::size_t bytes) noexcept {
  const Errno keep;
  munmap(memory, bytes);
}

bool guard_stack(void* page, std::size_t bytes) noexcept {
  const Errno keep;
  // EINVAL: an older kernel, or locked memory (mlockall).
  if (madvise(page, bytes, MADV_GUARD_INSTALL) == 0 && guards(page, bytes)) {
    return true;
  }
  return mprotect(page, bytes, PROT_NONE) == 0;
}

void release_stack(void* page, std::size_t bytes, bool lazily) noexcept {
  const Errno keep;
  // Fails for locked memory, which stays then. MADV_FREE: Linux 4.5.
  if (lazily && madvise(page, bytes, MADV_FREE) == 0) return;
  madvise(page, bytes, MADV_DONTNEED);
}

std::size_t page_bytes() noexcept {
  // No local constant: a fork in the middle of its initialisation would leave
  // the child with one that nobody completes. relaxed: all find the same.
  static std::atomic<std::size_t> known{0};
  std::size_t bytes = known.load(std::memory_order_relaxed);
  if (bytes == 0) {
    bytes = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    known.store(bytes, std::memory_order_relaxed);
  }
  return bytes;
}

}  // namespace parkway::os
