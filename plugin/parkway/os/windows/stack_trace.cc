// SPDX-License-Identifier: Apache-2.0

#include "parkway/os/stack_trace.h"

#include <algorithm>

#include "parkway/os/compiler.h"
#include "parkway/os/windows/system_header.h"

namespace parkway::os {

PARKWAY_NOINLINE int stack_trace(void** addresses, int most,
                                 int skip) noexcept {
  // The system's limit to both together.
  constexpr int kMost = 62;
  const int wanted = std::min(most, kMost - skip - 1);
  if (wanted <= 0) return 0;
  return CaptureStackBackTrace(static_cast<ULONG>(skip + 1),
                               static_cast<ULONG>(wanted), addresses, nullptr);
}

}  // namespace parkway::os
