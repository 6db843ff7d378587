// SPDX-License-Identifier: Apache-2.0

#include "parkway/absl/debug_memory.h"

#include "parkway/os/os.h"

PARKWAY_ABSL_NAMESPACE_BEGIN
namespace internal {

int DebugArena::SizeClass(std::size_t bytes) {
  int shift = kMinShift;
  while ((std::size_t{1} << shift) < bytes) ++shift;
  return shift - kMinShift;
}

std::size_t DebugArena::BlockSize(std::size_t bytes) {
  return std::size_t{1} << (SizeClass(bytes) + kMinShift);
}

void* DebugArena::TakeFromSystem(std::size_t bytes) {
  void* const memory = ::parkway::os::sysalloc(bytes);
  if (memory != nullptr) total_ += bytes;
  return memory;
}

void* DebugArena::Allocate(std::size_t bytes) {
  const int size_class = SizeClass(bytes);
  if (size_class >= kClasses) return nullptr;
  if (FreeBlock* const block = free_[size_class]) {
    free_[size_class] = block->next;
    OrderForFork();
    return block;
  }
  const std::size_t size = BlockSize(bytes);
  if (size >= kLargeBytes) return TakeFromSystem(size);
  if (chunk_ == nullptr ||
      static_cast<std::size_t>(chunk_end_ - chunk_) < size) {
    void* const chunk = TakeFromSystem(kChunkBytes);
    if (chunk == nullptr) return nullptr;
    // The rest of the old chunk is lost: less than kLargeBytes / 2. At no time
    // the beginning of one goes with the end of another.
    chunk_ = nullptr;
    OrderForFork();
    chunk_end_ = static_cast<char*>(chunk) + kChunkBytes;
    OrderForFork();
    chunk_ = static_cast<char*>(chunk);
  }
  void* const block = chunk_;
  chunk_ += size;
  // It is gone from here before the caller links it somewhere.
  OrderForFork();
  return block;
}

void DebugArena::Free(void* block, std::size_t bytes) {
  FreeBlock* const free = static_cast<FreeBlock*>(block);
  const int size_class = SizeClass(bytes);
  // The caller has let go of it before it is written to.
  OrderForFork();
  free->next = free_[size_class];
  OrderForFork();
  free_[size_class] = free;
}

}  // namespace internal
PARKWAY_ABSL_NAMESPACE_END
