// SPDX-License-Identifier: Apache-2.0

// The memory of simulated machines: one piece of the host's address space, for
// one world after the other.
//
// What the machine knows of an address is the number of its line. Neither the
// place of the memory nor a compiler's layout of stack frames is in it, so that
// the figures are the same everywhere: a thread's whole stack is one line. What
// is shared there is the record of a wait, of which a thread has one at a time.
#ifndef PARKWAY_BENCH_SCALE_MEMORY_H_
#define PARKWAY_BENCH_SCALE_MEMORY_H_

#include <cstddef>
#include <cstdint>

namespace parkway_bench::scale {

class Memory {
 public:
  static constexpr std::size_t kAlignment = 128;
  static constexpr std::size_t kStackBytes = 64 * 1024;
  static constexpr std::size_t kMostThreads = 8192;

  Memory();
  ~Memory();  // gives back all that was allocated, without destructors
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  // All zero.
  void* Allocate(std::size_t bytes);
  void* AllocateStack();

  static std::uint32_t LineOf(const void* address) {
    const std::size_t offset = Offset(address);
    return offset < kStacks
               ? static_cast<std::uint32_t>(offset / kStackBytes)
               : static_cast<std::uint32_t>(kMostThreads +
                                            (offset - kStacks) / kLineBytes);
  }
  // As an address that is the same in each run.
  static const void* Rebased(const void* address) {
    constexpr std::uintptr_t kBase = std::uintptr_t{1} << 44;
    return reinterpret_cast<const void*>(kBase + Offset(address));
  }

 private:
  static constexpr std::size_t kLineBytes = 64;
  static constexpr std::size_t kStacks = kMostThreads * kStackBytes;

  static std::size_t Offset(const void* address) {
    return static_cast<std::size_t>(static_cast<const char*>(address) - start_);
  }

  static inline char* start_ = nullptr;

  std::size_t used_ = kStacks;
  std::size_t stacks_ = 0;
};

}  // namespace parkway_bench::scale

#endif  // PARKWAY_BENCH_SCALE_MEMORY_H_
