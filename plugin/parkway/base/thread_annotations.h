// SPDX-License-Identifier: Apache-2.0

// clang's thread-safety attributes under parkway's own names; empty for
// compilers that do not know them.
#ifndef PARKWAY_BASE_THREAD_ANNOTATIONS_H_
#define PARKWAY_BASE_THREAD_ANNOTATIONS_H_

#include "parkway/os/language.h"

#if defined(__clang__)
#define PARKWAY_THREAD_ATTRIBUTE(x) __attribute__((x))
#else
#define PARKWAY_THREAD_ATTRIBUTE(x)
#endif

#define PARKWAY_CAPABILITY(name) PARKWAY_THREAD_ATTRIBUTE(capability(name))
#define PARKWAY_ACQUIRE(...) \
  PARKWAY_THREAD_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define PARKWAY_ACQUIRE_SHARED(...) \
  PARKWAY_THREAD_ATTRIBUTE(acquire_shared_capability(__VA_ARGS__))
#define PARKWAY_TRY_ACQUIRE(...) \
  PARKWAY_THREAD_ATTRIBUTE(try_acquire_capability(__VA_ARGS__))
#define PARKWAY_TRY_ACQUIRE_SHARED(...) \
  PARKWAY_THREAD_ATTRIBUTE(try_acquire_shared_capability(__VA_ARGS__))
#define PARKWAY_RELEASE(...) \
  PARKWAY_THREAD_ATTRIBUTE(release_capability(__VA_ARGS__))
#define PARKWAY_RELEASE_SHARED(...) \
  PARKWAY_THREAD_ATTRIBUTE(release_shared_capability(__VA_ARGS__))
#define PARKWAY_REQUIRES(...) \
  PARKWAY_THREAD_ATTRIBUTE(requires_capability(__VA_ARGS__))
#define PARKWAY_NO_THREAD_SAFETY_ANALYSIS \
  PARKWAY_THREAD_ATTRIBUTE(no_thread_safety_analysis)

#endif  // PARKWAY_BASE_THREAD_ANNOTATIONS_H_
