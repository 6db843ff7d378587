// SPDX-License-Identifier: Apache-2.0

// StackSource: stacks of one size from the system, and back to it.
#ifndef PARKWAY_STACK_STACK_SOURCE_H_
#define PARKWAY_STACK_STACK_SOURCE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "parkway/stack/free_stack.h"
#include "parkway/wait/word_lock.h"

namespace parkway::internal {

// A range that was mapped in one piece: slots, each a guard page, if the class
// has them, and above it the stack. The start is aligned to kChunkAlign and the
// length a multiple of it.
struct StackChunk {
  char* memory = nullptr;
  std::size_t bytes = 0;
  unsigned stack_class = 0;
  std::uint32_t slots = 0;

  // The rest is guarded by the lock of the class's StackSource.

  // Slots whose stack the source has, without memory, and how many those are.
  static constexpr std::uint32_t kMaxSlots = 128;
  std::uint64_t unused[kMaxSlots / 64] = {};
  std::uint32_t unused_count = 0;
  // Slots whose guard page is there.
  std::uint64_t guarded[kMaxSlots / 64] = {};
  // Stacks on their way here; see StackSource::give().
  std::uint32_t leaving = 0;
  // In the list of chunks with unused slots.
  bool listed = false;
  // About to be unmapped.
  bool complete = false;
  StackChunk* next = nullptr;
  StackChunk* previous = nullptr;
};

inline constexpr unsigned kChunkAlignBits = 20;
inline constexpr std::size_t kChunkAlign = std::size_t{1} << kChunkAlignBits;

// The chunk that the address is in, or null. For addresses of live stacks of
// ours, and any others; takes no lock.
StackChunk* chunk_of(const void* address) noexcept;

// The stack of ours whose lowest byte is at that address, or -1.
int slot_of(const StackChunk& chunk, const void* stack) noexcept;

// In the child of a fork it has what it had in the parent, but for the stacks
// that other threads were about to take or to give.
class StackSource {
 public:
  explicit constexpr StackSource(unsigned stack_class) noexcept
      : class_(stack_class) {}

  // A batch of at least one and at most `wanted` stacks, or null if the system
  // has no memory for one.
  FreeStack* take(std::uint32_t wanted) noexcept;

  // Takes a batch: its memory goes back to the system, whole chunks at once.
  void give(FreeStack* batch, bool lazily) noexcept;

  // Whether the source has that stack. For checks.
  bool has(StackChunk& chunk, int slot) noexcept;

  // Stacks in all chunks, and those that the source has; bytes of the chunks.
  std::uint64_t slots() const { return slots_.load(std::memory_order_relaxed); }
  std::uint64_t unused() const {
    return unused_.load(std::memory_order_relaxed);
  }
  std::uint64_t mapped() const {
    return mapped_.load(std::memory_order_relaxed);
  }

 private:
  struct Taken;
  class Change;

  bool add_chunk() noexcept;
  StackChunk* map_chunk(std::uint32_t slots) noexcept;
  std::uint32_t take_slots(Taken* taken, std::uint32_t wanted) noexcept;
  void put_back(const Taken& taken) noexcept;
  // All under the lock.
  void recover() noexcept;
  void list(StackChunk& chunk) noexcept;
  void set_unused(StackChunk& chunk, int slot) noexcept;
  void unlist(StackChunk& chunk) noexcept;
  void take_out(StackChunk& chunk, StackChunk** complete) noexcept;

  static void unmap(StackChunk* complete) noexcept;

  const unsigned class_;
  WordLock lock_;
  // Somebody is in the middle of a Change.
  bool changing_ = false;
  StackChunk* listed_ = nullptr;
  // Written under the lock.
  std::atomic<std::uint64_t> slots_{0};
  std::atomic<std::uint64_t> unused_{0};
  std::atomic<std::uint64_t> mapped_{0};
};

}  // namespace parkway::internal

#endif  // PARKWAY_STACK_STACK_SOURCE_H_
