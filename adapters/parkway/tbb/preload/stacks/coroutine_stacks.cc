// SPDX-License-Identifier: Apache-2.0

#include "parkway/tbb/preload/stacks/coroutine_stacks.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "parkway/os/os.h"
#include "parkway/preload/message.h"
#include "parkway/stack/stack_freelist.h"
#include "parkway/stack/stack_source.h"

namespace parkway::preload {
namespace {

// Of the stack between the two pages, or 0 if there is none that we have.
std::size_t middle_of(std::size_t bytes) noexcept {
  const std::size_t page = os::page_bytes();
  if (bytes <= 2 * page || bytes % page != 0) return 0;
  const std::size_t middle = bytes - 2 * page;
  return middle <= kMaxStackBytes ? middle : 0;
}

}  // namespace

void* serve_stack(std::size_t bytes) noexcept {
  const std::size_t middle = middle_of(bytes);
  if (middle == 0) return nullptr;
  const int saved = errno;
  void* const stack = stack_alloc(middle);
  errno = saved;
  if (stack == nullptr) return nullptr;
  return static_cast<char*>(stack) + (stack_size(middle) - middle) -
         os::page_bytes();
}

bool in_served_memory(const void* address) noexcept {
  return internal::chunk_of(address) != nullptr;
}

bool take_back_stack(void* address, std::size_t bytes) noexcept {
  const internal::StackChunk* const chunk = internal::chunk_of(address);
  if (chunk == nullptr) return false;
  const std::size_t middle = middle_of(bytes);
  if (middle == 0 ||
      chunk->stack_class != internal::stack_class(middle, StackGuard::kPage)) {
    return false;
  }
  char* const stack = static_cast<char*>(address) + os::page_bytes() -
                      (stack_size(middle) - middle);
  if (internal::slot_of(*chunk, stack) < 0) return false;
  stack_free(stack, middle);
  return true;
}

void no_stack(std::size_t bytes, int error) noexcept {
  say("libparkway_tbb.so: no stack of %zu bytes for a coroutine, with %llu "
      "bytes of stacks in use: %s",
      bytes, static_cast<unsigned long long>(stack_stats().in_use),
      std::strerror(error));
  std::abort();
}

}  // namespace parkway::preload
