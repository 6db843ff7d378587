// SPDX-License-Identifier: Apache-2.0

// stack_resource: a std::pmr::memory_resource over the stack freelists.
#ifndef PARKWAY_STD_MEMORY_RESOURCE_H_
#define PARKWAY_STD_MEMORY_RESOURCE_H_

#include <cstddef>
#include <memory_resource>
#include <new>

#include "parkway/stack/stack_class.h"
#include "parkway/stack/stack_freelist.h"

namespace parkway {

// Blocks of more than half of kMinStackBytes and at most `largest` bytes, with
// an alignment of at most kMinStackBytes, come from
// parkway/stack/stack_freelist.h (without a guard page), the others from
// `upstream`.
//
// Any thread may use one stack_resource at any time, if that holds for the
// upstream; what one thread allocates another one may deallocate. Blocks are
// powers of two: of the rest, the system provides memory only where the user
// touches it.
//
// Pays for blocks that come and go again and again: the buffers below a
// monotonic_buffer_resource or a pool, of a connection, a request, a frame.
class stack_resource : public std::pmr::memory_resource {
 public:
  // `upstream` is not owned and must live longer. A thread keeps up to 64 free
  // blocks of each size up to 64 KiB, and 16 of each one above: where that is
  // too much memory, `largest` is the way to say so. Not more than
  // kMaxStackBytes count.
  explicit stack_resource(
      std::pmr::memory_resource* upstream = std::pmr::get_default_resource(),
      std::size_t largest = kMaxStackBytes) noexcept
      : upstream_(upstream),
        largest_(largest < kMaxStackBytes ? largest : kMaxStackBytes) {}

  std::pmr::memory_resource* upstream() const noexcept { return upstream_; }
  std::size_t largest() const noexcept { return largest_; }

 private:
  bool is_ours(std::size_t bytes, std::size_t alignment) const noexcept {
    return bytes > kMinStackBytes / 2 && bytes <= largest_ &&
           alignment <= kMinStackBytes;
  }

  // Throws std::bad_alloc if the system has no memory, or what the upstream
  // throws.
  void* do_allocate(std::size_t bytes, std::size_t alignment) override {
    if (!is_ours(bytes, alignment)) {
      return upstream_->allocate(bytes, alignment);
    }
    void* const block = stack_alloc(bytes, StackGuard::kNone);
    if (block == nullptr) throw std::bad_alloc();
    return block;
  }

  void do_deallocate(void* block, std::size_t bytes,
                     std::size_t alignment) override {
    if (is_ours(bytes, alignment)) {
      stack_free(block, bytes, StackGuard::kNone);
    } else {
      upstream_->deallocate(block, bytes, alignment);
    }
  }

  // The freelists are the same ones for all: what counts is where the other
  // blocks go.
  bool do_is_equal(
      const std::pmr::memory_resource& other) const noexcept override {
    if (this == &other) return true;
    const auto* const same = dynamic_cast<const stack_resource*>(&other);
    return same != nullptr && largest_ == same->largest_ &&
           upstream_->is_equal(*same->upstream_);
  }

  std::pmr::memory_resource* const upstream_;
  const std::size_t largest_;
};

}  // namespace parkway

#endif  // PARKWAY_STD_MEMORY_RESOURCE_H_
