// SPDX-License-Identifier: Apache-2.0

// The namespace of an overlaid Abseil's own types: ../namespace.h says more.
//
// Abseil declares some of them in advance (class Mutex, class CondVar), so that
// they must be classes of its own, inline namespace included.

#ifndef PARKWAY_ABSL_OVERLAY_NAMESPACE_H_
#define PARKWAY_ABSL_OVERLAY_NAMESPACE_H_

#include "absl/base/config.h"
#include "parkway/os/language.h"

// For those who want to know whether absl::Mutex is parkway's.
#define PARKWAY_IS_ABSL 1

#define PARKWAY_ABSL_NAMESPACE_BEGIN \
  namespace absl {                   \
  ABSL_NAMESPACE_BEGIN
#define PARKWAY_ABSL_NAMESPACE_END \
  ABSL_NAMESPACE_END               \
  }

#endif  // PARKWAY_ABSL_OVERLAY_NAMESPACE_H_
