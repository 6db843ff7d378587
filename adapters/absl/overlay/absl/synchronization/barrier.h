// barrier.h of an overlaid Abseil, see bazel/overlaid.bzl.

#ifndef ABSL_SYNCHRONIZATION_BARRIER_H_
#define ABSL_SYNCHRONIZATION_BARRIER_H_

#include "parkway/absl/barrier.h"

#endif  // ABSL_SYNCHRONIZATION_BARRIER_H_
