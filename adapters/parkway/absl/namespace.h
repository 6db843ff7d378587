// SPDX-License-Identifier: Apache-2.0

// The namespace of parkway's types with Abseil's interface.
//
// Every file here opens it by these macros and never by name, because an
// overlaid Abseil compiles the same files as its own (bazel/overlaid.bzl), with
// overlay/namespace.h in place of this header. There the prefix of the macros
// changes as well: whatever macro another file here defines must begin with
// PARKWAY_ABSL_, or both copies could not be included by one source file.
#ifndef PARKWAY_ABSL_NAMESPACE_H_
#define PARKWAY_ABSL_NAMESPACE_H_

#include "parkway/os/language.h"

#define PARKWAY_ABSL_NAMESPACE_BEGIN \
  namespace parkway {                \
  namespace absl {
#define PARKWAY_ABSL_NAMESPACE_END \
  }                                \
  }

#endif  // PARKWAY_ABSL_NAMESPACE_H_
