// blocking_counter.h of an overlaid Abseil, see bazel/overlaid.bzl.

#ifndef ABSL_SYNCHRONIZATION_BLOCKING_COUNTER_H_
#define ABSL_SYNCHRONIZATION_BLOCKING_COUNTER_H_

#include "parkway/absl/blocking_counter.h"

#endif  // ABSL_SYNCHRONIZATION_BLOCKING_COUNTER_H_
