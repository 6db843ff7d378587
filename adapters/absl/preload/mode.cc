#include "adapters/absl/preload/mode.h"

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace parkway::preload {
namespace {

std::string_view variable(const char* name) noexcept {
  const char* const value = std::getenv(name);
  return value != nullptr ? value : "";
}

}  // namespace

Mode mode_asked_for(char* complaint, std::size_t size) noexcept {
  const std::string_view on = variable("PARKWAY");
  const std::string_view set = variable("PARKWAY_ABSL");
  if (on == "off") return Mode::kOff;
  if (!on.empty() && on != "on") {
    std::snprintf(complaint, size, "PARKWAY=%s: allowed values are on, off",
                  on.data());
    return Mode::kOff;
  }
  if (set.empty() || set == "locks") return Mode::kLocks;
  if (set == "sem") return Mode::kSemaphore;
  std::snprintf(complaint, size,
                "PARKWAY_ABSL=%s: allowed values are locks, sem", set.data());
  return Mode::kOff;
}

bool stats_asked_for() noexcept {
  const std::string_view stats = variable("PARKWAY_STATS");
  return !stats.empty() && stats != "0";
}

const char* spelled(Mode mode) noexcept {
  switch (mode) {
    case Mode::kLocks:
      return "PARKWAY=on PARKWAY_ABSL=locks";
    case Mode::kSemaphore:
      return "PARKWAY=on PARKWAY_ABSL=sem";
    default:
      return "PARKWAY=off";
  }
}

}  // namespace parkway::preload
