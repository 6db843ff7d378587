// SPDX-License-Identifier: Apache-2.0

#include "parkway/tbb/overlay/coroutine.h"

#include "parkway/base/checks.h"
#include "parkway/os/os.h"
#include "parkway/stack/stack_class.h"
#include "parkway/stack/stack_freelist.h"

namespace parkway {
namespace tbb {
namespace {

// What the system aligns large stacks to, which have no freelist.
constexpr std::size_t kLargeAlignment = std::size_t{1} << 20;

std::size_t whole_pages(std::size_t bytes) {
  const std::size_t page = os::page_bytes();
  return (bytes + page - 1) / page * page;
}

// Null if there is no memory.
void* make_large(std::size_t bytes) noexcept {
  const std::size_t page = os::page_bytes();
  auto* const memory =
      static_cast<char*>(os::map_stacks(bytes + page, kLargeAlignment));
  if (memory == nullptr) return nullptr;
  if (os::guard_stack(memory, page)) return memory + page;
  os::unmap_stacks(memory, bytes + page);
  return nullptr;
}

void free_large(void* stack, std::size_t bytes) noexcept {
  const std::size_t page = os::page_bytes();
  os::unmap_stacks(static_cast<char*>(stack) - page, bytes + page);
}

}  // namespace

void create_coroutine(Coroutine* coroutine, std::size_t stack_bytes,
                      ContextEntry entry, void* argument) noexcept {
  const bool large = stack_bytes > kMaxStackBytes;
  const std::size_t bytes =
      large ? whole_pages(stack_bytes) : stack_size(stack_bytes);
  void* const stack = large ? make_large(bytes) : stack_alloc(bytes);
  if (stack == nullptr) {
    internal::fatal("Coroutine", coroutine,
                    "the system has no memory for one more stack");
  }
  coroutine->stack = stack;
  coroutine->stack_bytes = bytes;
  coroutine->context = make_context(stack, bytes, entry, argument);
}

void destroy_coroutine(Coroutine* coroutine) noexcept {
  if (coroutine->stack_bytes > kMaxStackBytes) {
    free_large(coroutine->stack, coroutine->stack_bytes);
  } else {
    stack_free(coroutine->stack, coroutine->stack_bytes);
  }
  *coroutine = Coroutine();
}

}  // namespace tbb
}  // namespace parkway
