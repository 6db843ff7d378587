// notification.h of an overlaid Abseil, see bazel/overlaid.bzl.

#ifndef ABSL_SYNCHRONIZATION_NOTIFICATION_H_
#define ABSL_SYNCHRONIZATION_NOTIFICATION_H_

#include "parkway/absl/notification.h"

#endif  // ABSL_SYNCHRONIZATION_NOTIFICATION_H_
