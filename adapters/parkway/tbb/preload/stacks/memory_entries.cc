// SPDX-License-Identifier: Apache-2.0

// mmap(), munmap() and mprotect() of the whole process. Nothing changes but for
// libtbb's coroutines.
//
// All that is called here may be called before constructors ran, from inside
// malloc() and from the dynamic linker's own lock: it decides nothing, looks
// nothing up and allocates nothing before it is sure that a known libtbb wants
// a stack.
#include <sys/mman.h>

#include <cerrno>
#include <cstddef>

#include "parkway/tbb/preload/host/copies.h"
#include "parkway/tbb/preload/host/counters.h"
#include "parkway/tbb/preload/stacks/coroutine_stacks.h"
#include "parkway/tbb/preload/stacks/system_memory.h"

namespace parkway::preload {
namespace {

bool is_host(const void* caller) noexcept {
  const Copy* const copy = copy_at(caller);
  return copy != nullptr && copy->uses(kStacks);
}

// A new stack, nothing of which is accessible yet: as libtbb asks for one, and
// hardly anybody else.
bool may_be_coroutine(const void* address, int protection, int flags,
                      int file) noexcept {
  constexpr int kFlags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK;
  return protection == PROT_NONE && flags == kFlags && address == nullptr &&
         file == -1;
}

void* map(void* address, std::size_t bytes, int protection, int flags, int file,
          off_t offset, const void* caller) noexcept {
  if (!may_be_coroutine(address, protection, flags, file) || !is_host(caller)) {
    return system_mmap(address, bytes, protection, flags, file, offset);
  }
  if (void* const stack = serve_stack(bytes)) {
    count(kStacksServed);
    return stack;
  }
  count(kStacksFallenBack);
  void* const mapped =
      system_mmap(address, bytes, protection, flags, file, offset);
  if (mapped == MAP_FAILED) no_stack(bytes, errno);
  return mapped;
}

}  // namespace
}  // namespace parkway::preload

extern "C" void* mmap(void* address, std::size_t bytes, int protection,
                      int flags, int file, off_t offset) noexcept {
  return parkway::preload::map(address, bytes, protection, flags, file, offset,
                               __builtin_return_address(0));
}

// The same on 64-bit systems.
extern "C" void* mmap64(void* address, std::size_t bytes, int protection,
                        int flags, int file, off_t offset) noexcept {
  return parkway::preload::map(address, bytes, protection, flags, file, offset,
                               __builtin_return_address(0));
}

extern "C" int munmap(void* address, std::size_t bytes) noexcept {
  using namespace parkway::preload;
  // The stacks' own memory goes back to the system by this name as well, after
  // it has ceased to be served memory.
  if (in_served_memory(address) && take_back_stack(address, bytes)) {
    count(kStacksTakenBack);
    return 0;
  }
  return system_munmap(address, bytes);
}

extern "C" int mprotect(void* address, std::size_t bytes,
                        int protection) noexcept {
  using namespace parkway::preload;
  // The middle of a new stack, which is accessible already.
  if (protection == (PROT_READ | PROT_WRITE) && in_served_memory(address) &&
      is_host(__builtin_return_address(0))) {
    return 0;
  }
  return system_mprotect(address, bytes, protection);
}
