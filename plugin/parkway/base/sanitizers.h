// SPDX-License-Identifier: Apache-2.0

// Which sanitizers this is compiled with, and what they must be told.
#ifndef PARKWAY_BASE_SANITIZERS_H_
#define PARKWAY_BASE_SANITIZERS_H_

#include <cstddef>

#include "parkway/os/language.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PARKWAY_ASAN 1
#endif
#if __has_feature(thread_sanitizer)
#define PARKWAY_TSAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define PARKWAY_ASAN 1
#endif
#if defined(__SANITIZE_THREAD__)
#define PARKWAY_TSAN 1
#endif

#ifdef PARKWAY_ASAN
#include <sanitizer/asan_interface.h>
#endif

namespace parkway::internal {

#ifdef PARKWAY_ASAN
inline constexpr bool kAsan = true;
#else
inline constexpr bool kAsan = false;
#endif
#ifdef PARKWAY_TSAN
inline constexpr bool kTsan = true;
#else
inline constexpr bool kTsan = false;
#endif

// A stack that nobody runs on any more may have frames that never returned,
// whose surroundings still count as poisoned.
inline void unpoison_stack([[maybe_unused]] void* stack,
                           [[maybe_unused]] std::size_t bytes) {
#ifdef PARKWAY_ASAN
  __asan_unpoison_memory_region(stack, bytes);
#endif
}

}  // namespace parkway::internal

#endif  // PARKWAY_BASE_SANITIZERS_H_
