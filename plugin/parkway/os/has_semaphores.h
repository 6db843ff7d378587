// SPDX-License-Identifier: Apache-2.0

// Whether a thread's record sleeps on the system's semaphores. It decides what
// a record is, and so all of a program must agree.
#ifndef PARKWAY_OS_HAS_SEMAPHORES_H_
#define PARKWAY_OS_HAS_SEMAPHORES_H_

#include "parkway/os/language.h"

// Windows alone: its events are what the locks of Go's runtime sleep on there.
// Systems with both semaphores and fork() have none here, because an object
// that the parent has made is not in the child. Tests that link another
// system's folder may say otherwise.
#ifndef PARKWAY_OS_SEMAPHORES
#if defined(_WIN32)
#define PARKWAY_OS_SEMAPHORES 1
#else
#define PARKWAY_OS_SEMAPHORES 0
#endif
#endif

namespace parkway::os {

inline constexpr bool kHasSemaphores = PARKWAY_OS_SEMAPHORES != 0;

}  // namespace parkway::os

#endif  // PARKWAY_OS_HAS_SEMAPHORES_H_
