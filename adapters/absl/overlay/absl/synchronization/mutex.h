// mutex.h of an overlaid Abseil, see bazel/overlaid.bzl.

#ifndef ABSL_SYNCHRONIZATION_MUTEX_H_
#define ABSL_SYNCHRONIZATION_MUTEX_H_

// Abseil's own sources rely on what upstream's mutex.h brings with it.
#include "absl/base/internal/low_level_alloc.h"
#include "absl/base/internal/thread_identity.h"
#include "absl/base/internal/tsan_mutex_interface.h"
#include "absl/base/port.h"
#include "absl/synchronization/internal/kernel_timeout.h"
#include "absl/synchronization/internal/per_thread_sem.h"
#include "parkway/absl/mutex.h"

#endif  // ABSL_SYNCHRONIZATION_MUTEX_H_
