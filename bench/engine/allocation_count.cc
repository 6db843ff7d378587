// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/allocation_count.h"

#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

// Zero-initialised and trivial: usable from the first to the last instruction
// of a thread.
thread_local std::uint64_t allocations = 0;

void* Allocate(std::size_t size, std::size_t alignment) {
  ++allocations;
  const std::size_t wanted = size == 0 ? 1 : size;
  void* const memory =
      alignment <= alignof(std::max_align_t)
          ? std::malloc(wanted)
          : std::aligned_alloc(
                alignment, (wanted + alignment - 1) / alignment * alignment);
  if (memory == nullptr) {
    throw std::bad_alloc();
  }
  return memory;
}

}  // namespace

namespace parkway_bench {

std::uint64_t AllocationsOfThisThread() { return allocations; }

}  // namespace parkway_bench

// The array and the nothrow forms of the standard library end in these.
void* operator new(std::size_t size) { return Allocate(size, 1); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return Allocate(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}
