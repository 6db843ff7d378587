// SPDX-License-Identifier: Apache-2.0

#include "parkway/wait/on_or_off.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "parkway/os/os.h"

namespace parkway::internal {

bool on_or_off(const char* variable) noexcept {
  const char* const value = std::getenv(variable);
  if (value == nullptr || std::strcmp(value, "on") == 0) return true;
  if (std::strcmp(value, "off") != 0) {
    char line[128];
    const int length = std::snprintf(
        line, sizeof line,
        "parkway: %s: allowed values are on and off; taken as off\n", variable);
    os::write_error(line, static_cast<std::size_t>(length));
  }
  return false;
}

}  // namespace parkway::internal
