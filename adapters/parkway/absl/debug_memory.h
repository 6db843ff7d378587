// SPDX-License-Identifier: Apache-2.0

// Memory of the debugging aids (deadlock.h, events.h).
//
// They run inside of Mutex::Lock(), before main and during exit as well, and
// the Mutex may be one that malloc uses. So nothing here calls malloc, nothing
// is constructed at start-up, and nothing is destroyed. Memory comes from
// ::parkway::os::sysalloc. (Abseil has LowLevelAlloc for that. This one has no
// lock of its own to lose in a fork, no header per block, and is the same in
// every version of Abseil.)
//
// A fork may catch another thread in the middle of any function here. The
// child finds an arena that hands out no block twice, and vectors of whole
// elements: the orders of stores that this needs are marked by OrderForFork().
// What the lost thread had taken and not yet used is lost.
#ifndef PARKWAY_ABSL_DEBUG_MEMORY_H_
#define PARKWAY_ABSL_DEBUG_MEMORY_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "parkway/absl/namespace.h"

PARKWAY_ABSL_NAMESPACE_BEGIN
namespace internal {

// A static object whose destructor never runs.
template <class T>
union Immortal {
  constexpr Immortal() : value() {}
  ~Immortal() {}
  T value;
};

// What is stored before it is not missing in the child of a fork that has
// something of what another thread has stored after it.
//
// A fence for the compiler is enough. The fork makes the pages read-only, and
// a store that comes too late for the child faults and waits until the fork is
// done. So do all that come after it in the program.
inline void OrderForFork() {
  std::atomic_signal_fence(std::memory_order_seq_cst);
}

// Blocks in powers of two; one that was given back serves the next request of
// its size. Not synchronised. Never gives memory back to the system, so that
// an arena which is overwritten by a new one leaks what it had.
class DebugArena {
 public:
  constexpr DebugArena() = default;
  DebugArena(const DebugArena&) = delete;
  DebugArena& operator=(const DebugArena&) = delete;

  // Uninitialised memory for at least `bytes`, aligned for every type. Null if
  // the system has none left. The caller owns it.
  void* Allocate(std::size_t bytes);

  // Takes back what Allocate(bytes) returned.
  void Free(void* block, std::size_t bytes);

  // What Allocate(bytes) really gives.
  static std::size_t BlockSize(std::size_t bytes);

  // What was taken from the system.
  std::size_t total_bytes() const { return total_; }

 private:
  struct FreeBlock {
    FreeBlock* next;
  };

  static constexpr int kMinShift = 5;
  static constexpr int kClasses = 40;
  static constexpr std::size_t kChunkBytes = 64 * 1024;
  // From here on a block is its own chunk.
  static constexpr std::size_t kLargeBytes = 8 * 1024;

  static int SizeClass(std::size_t bytes);
  void* TakeFromSystem(std::size_t bytes);

  FreeBlock* free_[kClasses] = {};
  // What is left of the newest chunk; nothing if it begins with null.
  char* chunk_ = nullptr;
  char* chunk_end_ = nullptr;
  std::size_t total_ = 0;
};

// An array that grows, in memory of an arena that the caller names each time
// (the same one, and one array per arena or many). T is plain data. There is
// no destructor: the memory stays the vector's or becomes the arena's.
template <class T>
class DebugVector {
  static_assert(std::is_trivially_copyable_v<T> &&
                std::is_trivially_destructible_v<T>);

 public:
  constexpr DebugVector() = default;
  DebugVector(const DebugVector&) = delete;
  DebugVector& operator=(const DebugVector&) = delete;

  std::uint32_t size() const { return size_; }
  std::uint32_t capacity() const { return capacity_; }
  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  T& operator[](std::uint32_t i) { return data_[i]; }
  const T& operator[](std::uint32_t i) const { return data_[i]; }

  void Clear() { SetSize(0); }

  // Keeps the first `count` elements, of at least so many.
  void Truncate(std::uint32_t count) { SetSize(count); }

  // Room for `count` elements in all, so that adding up to there cannot fail.
  // False if there is no memory; then nothing has changed.
  bool Reserve(DebugArena& arena, std::uint32_t count) {
    if (count <= capacity_) return true;
    const std::size_t bytes =
        DebugArena::BlockSize(std::size_t{count} * sizeof(T));
    void* const memory = arena.Allocate(bytes);
    if (memory == nullptr) return false;
    T* const old = data_;
    const std::size_t old_bytes = capacity_ * sizeof(T);
    if (old != nullptr) std::memcpy(memory, old, size_ * sizeof(T));
    OrderForFork();
    data_ = static_cast<T*>(memory);
    OrderForFork();
    capacity_ = static_cast<std::uint32_t>(bytes / sizeof(T));
    if (old != nullptr) arena.Free(old, old_bytes);
    return true;
  }

  // Adds one. False if there is no memory; then nothing has changed.
  bool Push(DebugArena& arena, const T& value) {
    if (size_ == capacity_ && !Reserve(arena, size_ + 1)) return false;
    PushReserved(value);
    return true;
  }

  // Adds one where Reserve() has made room.
  void PushReserved(const T& value) {
    data_[size_] = value;
    SetSize(size_ + 1);
  }

  // Exactly `count` elements, all of them zero. False if there is no memory.
  bool AssignZero(DebugArena& arena, std::uint32_t count) {
    if (!Reserve(arena, count)) return false;
    std::memset(static_cast<void*>(data_), 0, count * sizeof(T));
    SetSize(count);
    return true;
  }

 private:
  void SetSize(std::uint32_t size) {
    OrderForFork();
    size_ = size;
    OrderForFork();
  }

  T* data_ = nullptr;
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = 0;
};

// Spreads the bits of a key over the upper half of the result.
inline std::uint32_t DebugHash(std::uint64_t key) {
  return static_cast<std::uint32_t>((key * 0x9e3779b97f4a7c15u) >> 32);
}

}  // namespace internal
PARKWAY_ABSL_NAMESPACE_END

#endif  // PARKWAY_ABSL_DEBUG_MEMORY_H_
