// SPDX-License-Identifier: Apache-2.0

#include <sys/mman.h>

#include <cstdint>

#include "parkway/os/os.h"
#include "parkway/os/posix/choices.h"
#include "parkway/os/posix/saved_errno.h"

namespace parkway::os {
namespace {

void* map(std::size_t bytes) {
  void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                            posix::kStackMapFlags, -1, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

}  // namespace

void* map_stacks(std::size_t bytes, std::size_t alignment) noexcept {
  const posix::SavedErrno keep;
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
  posix::advise_stacks(memory, bytes);
  return memory;
}

void unmap_stacks(void* memory, std::size_t bytes) noexcept {
  const posix::SavedErrno keep;
  munmap(memory, bytes);
}

}  // namespace parkway::os
