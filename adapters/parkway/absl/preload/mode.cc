// SPDX-License-Identifier: Apache-2.0

#include "parkway/absl/preload/mode.h"

#include <cstdio>
#include <string_view>

#include "parkway/preload/environment.h"

namespace parkway::preload {

Mode mode_asked_for(char* complaint, std::size_t size) noexcept {
  if (switched_off(complaint, size)) {
    return watching() ? Mode::kWatch : Mode::kOff;
  }
  const std::string_view set = variable("PARKWAY_ABSL");
  if (set.empty() || set == "locks") return Mode::kLocks;
  if (set == "sem") return Mode::kSemaphore;
  std::snprintf(complaint, size,
                "PARKWAY_ABSL=%s: allowed values are locks, sem", set.data());
  return Mode::kOff;
}

const char* spelled(Mode mode) noexcept {
  switch (mode) {
    case Mode::kLocks:
      return "PARKWAY=on PARKWAY_ABSL=locks";
    case Mode::kSemaphore:
      return "PARKWAY=on PARKWAY_ABSL=sem";
    case Mode::kWatch:
      return "PARKWAY=watch PARKWAY_ABSL=locks";
    default:
      return "PARKWAY=off";
  }
}

}  // namespace parkway::preload
