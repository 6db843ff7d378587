// SPDX-License-Identifier: Apache-2.0

// LockTool: the calls to the tool that watches this build, if there is one.
// ThreadSanitizer in builds with -fsanitize=thread; helgrind in builds that ask
// for it (--//bazel:helgrind=on): its requests cost something in each lock also
// where no valgrind runs.
//
// For parkway/base/tool_annotations.h, which says what the calls are for.
#ifndef PARKWAY_BASE_LOCK_TOOL_H_
#define PARKWAY_BASE_LOCK_TOOL_H_

#include <cstddef>

#include "parkway/base/sanitizers.h"

#ifndef PARKWAY_HELGRIND
#define PARKWAY_HELGRIND 0
#endif

#ifdef PARKWAY_TSAN
#include <sanitizer/tsan_interface.h>

// The runtime has these as well, but no header.
extern "C" {
void AnnotateIgnoreReadsBegin(const char* file, int line);
void AnnotateIgnoreReadsEnd(const char* file, int line);
void AnnotateIgnoreWritesBegin(const char* file, int line);
void AnnotateIgnoreWritesEnd(const char* file, int line);
}
#endif

namespace parkway::internal {

// How a mutex is taken.
struct LockMode {
  bool shared = false;
  bool tries = false;  // it does not wait, or not for ever
};

#if defined(PARKWAY_TSAN)

struct LockTool {
  static constexpr bool kOn = true;
  // Whether it looks at nothing between ..._begins() and ..._ends().
  static constexpr bool kLooksAway = true;

  static void lock_begins(const void* mutex, std::size_t, LockMode mode) {
    __tsan_mutex_pre_lock(const_cast<void*>(mutex), flags(mode));
  }
  static void lock_ends(const void* mutex, LockMode mode, bool got) {
    const unsigned failed = got ? 0 : __tsan_mutex_try_lock_failed;
    __tsan_mutex_post_lock(const_cast<void*>(mutex), flags(mode) | failed, 0);
  }
  static void unlock_begins(const void* mutex, bool shared) {
    __tsan_mutex_pre_unlock(const_cast<void*>(mutex), flags({shared, false}));
  }
  static void unlock_ends(const void* mutex, bool shared) {
    __tsan_mutex_post_unlock(const_cast<void*>(mutex), flags({shared, false}));
  }

  // GCC takes an initializer for constant here only where one is written:
  // `FutexMutex m{};` at namespace scope, not `FutexMutex m;`, which is made at
  // run time then, once more if it has been used before. Without this call
  // a mutex on the stack would be taken for one that was there before it.
  static constexpr void made(const void* mutex) {
    if (!__builtin_is_constant_evaluated()) {
      __tsan_mutex_destroy(const_cast<void*>(mutex), 0);
    }
  }
  static constexpr void will_go(const void* mutex) {
    if (!__builtin_is_constant_evaluated()) {
      __tsan_mutex_create(const_cast<void*>(mutex), __tsan_mutex_not_static);
    }
  }
  static void gone(const void* mutex) {
    __tsan_mutex_destroy(const_cast<void*>(mutex), __tsan_mutex_not_static);
  }

  static void unseen_begins() { __tsan_mutex_pre_signal(nullptr, 0); }
  static void unseen_ends() { __tsan_mutex_post_signal(nullptr, 0); }
  static void seen_begins() { __tsan_mutex_pre_divert(nullptr, 0); }
  static void seen_ends() { __tsan_mutex_post_divert(nullptr, 0); }
  static void atomics_seen_begins() {
    seen_begins();
    AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
    AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
  }
  static void atomics_seen_ends() {
    AnnotateIgnoreWritesEnd(__FILE__, __LINE__);
    AnnotateIgnoreReadsEnd(__FILE__, __LINE__);
    seen_ends();
  }

  static void release(const void* address) {
    __tsan_release(const_cast<void*>(address));
  }
  static void acquire(const void* address) {
    __tsan_acquire(const_cast<void*>(address));
  }

 private:
  static unsigned flags(LockMode mode) {
    return (mode.shared ? __tsan_mutex_read_lock : 0) |
           (mode.tries ? __tsan_mutex_try_lock : 0);
  }
};

#elif PARKWAY_HELGRIND

// Helgrind can't look away from what a thread does, but from memory: from each
// mutex while it is used. For what else is parkway's own there are suppressions
// (bazel/helgrind.supp).
struct LockTool {
  static constexpr bool kOn = true;
  static constexpr bool kLooksAway = false;

  // In lock_tool.cc: helgrind's header has macros of common names.
  static void lock_begins(const void* mutex, std::size_t bytes, LockMode mode);
  static void lock_ends(const void* mutex, LockMode mode, bool got);
  static void unlock_begins(const void* mutex, bool shared);
  static void release(const void* address);
  static void acquire(const void* address);

  static void unlock_ends(const void*, bool) {}
  static constexpr void made(const void*) {}
  static constexpr void will_go(const void*) {}
  static void gone(const void*) {}
  static void unseen_begins() {}
  static void unseen_ends() {}
  static void seen_begins() {}
  static void seen_ends() {}
  static void atomics_seen_begins() {}
  static void atomics_seen_ends() {}
};

#else

struct LockTool {
  static constexpr bool kOn = false;
};

#endif

}  // namespace parkway::internal

#endif  // PARKWAY_BASE_LOCK_TOOL_H_
