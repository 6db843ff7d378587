// SPDX-License-Identifier: Apache-2.0

#include "parkway/absl/fatal.h"

#include "parkway/base/checks.h"

PARKWAY_ABSL_NAMESPACE_BEGIN
namespace internal {

void Fatal(const char* type, const void* object, const char* fault) {
  ::parkway::internal::fatal(type, object, fault);
}

}  // namespace internal
PARKWAY_ABSL_NAMESPACE_END
