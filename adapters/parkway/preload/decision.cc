// SPDX-License-Identifier: Apache-2.0

#include "parkway/preload/decision.h"

#include <cstdlib>

#include "parkway/preload/environment.h"
#include "parkway/preload/message.h"

namespace parkway::preload {
namespace {

[[noreturn]] void not_there() {
  say("%s: a function of %s was called that no library of this process defines",
      library.file, library.host);
  std::abort();
}

[[gnu::constructor]] void at_start() { library.at_start(); }

[[gnu::destructor]] void at_exit() {
  if (stats_asked_for()) library.print_stats();
}

}  // namespace

void say_stepping_aside(const char* why) noexcept {
  if (why[0] != '\0') say("%s steps aside: %s", library.file, why);
}

void* function_or_end(void* function) noexcept {
  return function != nullptr ? function : reinterpret_cast<void*>(&not_there);
}

}  // namespace parkway::preload
