// SPDX-License-Identifier: Apache-2.0

#include "parkway/preload/environment.h"

#include <sys/auxv.h>

#include <cstdio>
#include <cstdlib>

namespace parkway::preload {
namespace {

constexpr std::string_view kRequire = "require";
constexpr std::string_view kWatch = "watch";

}  // namespace

std::string_view variable(const char* name) noexcept {
  const char* const value = std::getenv(name);
  return value != nullptr ? value : "";
}

bool switched_off(char* complaint, std::size_t size) noexcept {
  const std::string_view on = variable("PARKWAY");
  if (on.empty() || on == "on" || on == kRequire) return false;
  if (on == kWatch && variable("PARKWAY_PROFILE").empty()) {
    std::snprintf(complaint, size,
                  "PARKWAY=watch: it needs PARKWAY_PROFILE=FILE, for what it "
                  "sees");
  } else if (on != "off" && on != kWatch) {
    std::snprintf(complaint, size,
                  "PARKWAY=%s: allowed values are on, off, require, watch",
                  on.data());
  }
  return true;
}

bool watching() noexcept {
  return variable("PARKWAY") == kWatch &&
         !variable("PARKWAY_PROFILE").empty() && getauxval(AT_SECURE) == 0;
}

bool takeover_required() noexcept { return variable("PARKWAY") == kRequire; }

bool stats_asked_for() noexcept {
  const std::string_view stats = variable("PARKWAY_STATS");
  return !stats.empty() && stats != "0";
}

}  // namespace parkway::preload
