// SPDX-License-Identifier: Apache-2.0

#include "bench/scale/memory.h"

#include <sys/mman.h>

#include <cstdio>
#include <cstdlib>

namespace parkway_bench::scale {
namespace {

constexpr std::size_t kMost = std::size_t{4} << 30;

[[noreturn]] void Fail(const char* why) {
  std::fprintf(stderr, "scale: %s\n", why);
  std::exit(2);
}

}  // namespace

Memory::Memory() {
  if (start_ != nullptr) return;
  // Pages are there once they are used.
  void* const found = mmap(nullptr, kMost, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (found == MAP_FAILED) Fail("there is no address space of 4 GiB; allow it");
  start_ = static_cast<char*>(found);
}

Memory::~Memory() {
  madvise(start_, stacks_ * kStackBytes, MADV_DONTNEED);
  madvise(start_ + kStacks, used_ - kStacks, MADV_DONTNEED);
}

void* Memory::Allocate(std::size_t bytes) {
  void* const result = start_ + used_;
  used_ += (bytes + kAlignment - 1) / kAlignment * kAlignment;
  if (used_ > kMost) Fail("a world has no more than 3 GiB; use fewer threads");
  return result;
}

void* Memory::AllocateStack() {
  if (stacks_ == kMostThreads) {
    Fail("a world has no more than 8192 threads; use fewer");
  }
  return start_ + stacks_++ * kStackBytes;
}

}  // namespace parkway_bench::scale
