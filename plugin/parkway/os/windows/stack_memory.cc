// SPDX-License-Identifier: Apache-2.0

// Memory of stacks is committed when it is mapped. What has been committed
// counts against the system's limit (memory and paging file together), but
// costs memory only when it is touched. To commit on demand, as the system does
// for stacks of its own, would take guard pages that move down as a thread
// descends: no memory for who fills a stack's lowest bytes first, as frames of
// coroutines do, or lets the kernel write there.
#include "parkway/os/call_failed.h"
#include "parkway/os/os.h"
#include "parkway/os/windows/keep_last_error.h"
#include "parkway/os/windows/system_header.h"

namespace parkway::os {
namespace {

// At that address or, with null, anywhere. Null if there is none.
void* map(void* at, std::size_t bytes, DWORD how) {
  return VirtualAlloc(at, bytes, how, PAGE_READWRITE);
}

void unmap(void* memory) {
  if (!VirtualFree(memory, 0, MEM_RELEASE)) {
    call_failed("VirtualFree", last_error());
  }
}

bool is_aligned(const void* memory, std::size_t alignment) {
  return reinterpret_cast<std::uintptr_t>(memory) % alignment == 0;
}

}  // namespace

void* sysalloc(std::size_t bytes) noexcept {
  const windows::KeepLastError keep;
  return map(nullptr, bytes, MEM_RESERVE | MEM_COMMIT);
}

// No process here is the child of a fork.
void* map_wiped_on_fork(std::size_t bytes) noexcept { return sysalloc(bytes); }

void* map_stacks(std::size_t bytes, std::size_t alignment) noexcept {
  const windows::KeepLastError keep;
  void* memory = map(nullptr, bytes, MEM_RESERVE | MEM_COMMIT);
  if (memory == nullptr || is_aligned(memory, alignment)) return memory;
  unmap(memory);
  // A range can't be given back in parts. So one that is large enough says
  // where, is given back, and taken again in the right place. Another thread
  // may be faster; not each time.
  constexpr int kTries = 100;
  for (int i = 0; i < kTries; ++i) {
    char* const range =
        static_cast<char*>(map(nullptr, bytes + alignment, MEM_RESERVE));
    if (range == nullptr) return nullptr;
    unmap(range);
    const std::size_t before =
        (alignment - reinterpret_cast<std::uintptr_t>(range) % alignment) %
        alignment;
    memory = map(range + before, bytes, MEM_RESERVE | MEM_COMMIT);
    if (memory != nullptr) return memory;
    // Anything but a range that is taken: the system has no memory.
    if (GetLastError() != ERROR_INVALID_ADDRESS) return nullptr;
  }
  return nullptr;
}

void unmap_stacks(void* memory, std::size_t) noexcept {
  const windows::KeepLastError keep;
  unmap(memory);
}

bool guard_stack(void* page, std::size_t bytes) noexcept {
  const windows::KeepLastError keep;
  DWORD before;
  return VirtualProtect(page, bytes, PAGE_NOACCESS, &before) != 0;
}

void release_stack(void* page, std::size_t bytes, bool lazily) noexcept {
  const windows::KeepLastError keep;
  if (lazily) {
    // Fails for memory that is locked, which stays then.
    VirtualAlloc(page, bytes, MEM_RESET, PAGE_READWRITE);
    return;
  }
  // What was reset, or discarded, may still be read as it was. Memory that is
  // committed anew is zero.
  if (!VirtualFree(page, bytes, MEM_DECOMMIT)) {
    call_failed("VirtualFree", last_error());
  }
  // Of what has just been given back to the system, nobody else can have the
  // addresses; that somebody has the last of its memory is past remedy.
  if (map(page, bytes, MEM_COMMIT) == nullptr) {
    call_failed("VirtualAlloc", last_error());
  }
}

std::size_t page_bytes() noexcept {
  // relaxed: all find the same.
  static std::atomic<std::size_t> known{0};
  std::size_t bytes = known.load(std::memory_order_relaxed);
  if (bytes == 0) {
    SYSTEM_INFO system;
    GetSystemInfo(&system);
    bytes = system.dwPageSize;
    known.store(bytes, std::memory_order_relaxed);
  }
  return bytes;
}

}  // namespace parkway::os
