// SPDX-License-Identifier: Apache-2.0

// The shared Abseil of this process.
#ifndef PARKWAY_ABSL_PRELOAD_ABSL_HOST_H_
#define PARKWAY_ABSL_PRELOAD_ABSL_HOST_H_

#include "parkway/preload/loaded_host.h"

namespace parkway::preload {

// Known if it is the one that this library was built for.
class AbslHost final : public LoadedHost {
 public:
  AbslHost() noexcept;

  // The definition that the process would use without us, or null.
  void* next(const char* symbol) const noexcept;
  // A function of the libraries that the host came with, or null.
  void* in_libraries(const char* symbol) const noexcept;
};

}  // namespace parkway::preload

#endif  // PARKWAY_ABSL_PRELOAD_ABSL_HOST_H_
