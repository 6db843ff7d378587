// What the address sanitizer must be told.
#ifndef PARKWAY_SANITIZERS_H_
#define PARKWAY_SANITIZERS_H_

#include <cstddef>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PARKWAY_ASAN 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define PARKWAY_ASAN 1
#endif

#ifdef PARKWAY_ASAN
#include <sanitizer/asan_interface.h>
#endif

namespace parkway::internal {

// A stack that nobody runs on any more may have frames that never returned,
// whose surroundings still count as poisoned.
inline void unpoison_stack([[maybe_unused]] void* stack,
                           [[maybe_unused]] std::size_t bytes) {
#ifdef PARKWAY_ASAN
  __asan_unpoison_memory_region(stack, bytes);
#endif
}

}  // namespace parkway::internal

#endif  // PARKWAY_SANITIZERS_H_
