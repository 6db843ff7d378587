// SPDX-License-Identifier: Apache-2.0

#include "parkway/os/call_failed.h"

#include <cstdio>
#include <cstdlib>

#include "parkway/os/os.h"

namespace parkway::os {

void call_failed(const char* call, long error) noexcept {
  char line[128];
  const int length = std::snprintf(
      line, sizeof line, "parkway: %s failed with error %ld\n", call, error);
  write_error(line, static_cast<std::size_t>(length));
  std::abort();
}

}  // namespace parkway::os
