// SPDX-License-Identifier: Apache-2.0

#include "parkway/tbb/preload/stacks/system_memory.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>

#include "parkway/preload/next_definition.h"

namespace parkway::preload {
namespace {

using Mmap = void*(void*, std::size_t, int, int, int, off_t);
using Munmap = int(void*, std::size_t);
using Mprotect = int(void*, std::size_t, int);

// relaxed, everywhere: whoever sees null still does the right thing.
std::atomic<Mmap*> g_mmap{nullptr};
std::atomic<Munmap*> g_munmap{nullptr};
std::atomic<Mprotect*> g_mprotect{nullptr};

template <class Function>
void look_up(const char* name, std::atomic<Function*>& into) noexcept {
  into.store(reinterpret_cast<Function*>(next_definition(name)),
             std::memory_order_relaxed);
}

[[gnu::constructor]] void look_up_all() {
  look_up("mmap", g_mmap);
  look_up("munmap", g_munmap);
  look_up("mprotect", g_mprotect);
}

}  // namespace

// syscall() sets errno as the functions do. On 64-bit systems, which is where
// libtbb's names are those of entries.h, offsets are in bytes.

void* system_mmap(void* address, std::size_t bytes, int protection, int flags,
                  int file, off_t offset) noexcept {
  if (Mmap* const next = g_mmap.load(std::memory_order_relaxed)) {
    return next(address, bytes, protection, flags, file, offset);
  }
  return reinterpret_cast<void*>(
      syscall(SYS_mmap, address, bytes, protection, flags, file, offset));
}

int system_munmap(void* address, std::size_t bytes) noexcept {
  if (Munmap* const next = g_munmap.load(std::memory_order_relaxed)) {
    return next(address, bytes);
  }
  return static_cast<int>(syscall(SYS_munmap, address, bytes));
}

int system_mprotect(void* address, std::size_t bytes, int protection) noexcept {
  if (Mprotect* const next = g_mprotect.load(std::memory_order_relaxed)) {
    return next(address, bytes, protection);
  }
  return static_cast<int>(syscall(SYS_mprotect, address, bytes, protection));
}

}  // namespace parkway::preload
