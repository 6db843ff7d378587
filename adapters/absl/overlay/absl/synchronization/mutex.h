// mutex.h of an overlaid Abseil, see bazel/overlaid.bzl.

#ifndef ABSL_SYNCHRONIZATION_MUTEX_H_
#define ABSL_SYNCHRONIZATION_MUTEX_H_

#include "parkway/absl/mutex.h"

#endif  // ABSL_SYNCHRONIZATION_MUTEX_H_
