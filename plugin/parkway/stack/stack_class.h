// SPDX-License-Identifier: Apache-2.0

// The sizes of stacks, and their classes: a size, with a guard page or without.
#ifndef PARKWAY_STACK_STACK_CLASS_H_
#define PARKWAY_STACK_STACK_CLASS_H_

#include <cstddef>
#include <cstdint>

#include "parkway/os/compiler.h"
#include "parkway/os/language.h"

namespace parkway {

// Sizes are powers of two.
inline constexpr std::size_t kMinStackBytes = 4096;
inline constexpr std::size_t kMaxStackBytes = std::size_t{16} << 20;

// What lies below a stack's lowest byte.
enum class StackGuard : unsigned {
  kPage,  // a page that faults, whoever touches it
  kNone,  // the neighbour: for segments and frames that can't overflow
};

// The bytes that stack_alloc(bytes) gives: the next size class, for up to
// kMaxStackBytes.
constexpr std::size_t stack_size(std::size_t bytes) {
  std::size_t size = kMinStackBytes;
  while (size < bytes && size < kMaxStackBytes) size *= 2;
  return size;
}

namespace internal {

// 4 KiB to 16 MiB, guarded and not.
inline constexpr unsigned kStackSizes = 13;
inline constexpr unsigned kStackClasses = 2 * kStackSizes;
static_assert(kMinStackBytes << (kStackSizes - 1) == kMaxStackBytes);

// The index of a class, for up to kMaxStackBytes.
constexpr unsigned stack_class(std::size_t bytes, StackGuard guard) {
  unsigned size = 0;
  if (bytes > kMinStackBytes) {
    size = top_bit(std::uint64_t{bytes - 1}) + 1 - 12;
  }
  return size + (guard == StackGuard::kNone ? kStackSizes : 0);
}
constexpr std::size_t class_bytes(unsigned index) {
  return kMinStackBytes << (index % kStackSizes);
}

}  // namespace internal
}  // namespace parkway

#endif  // PARKWAY_STACK_STACK_CLASS_H_
