// SPDX-License-Identifier: Apache-2.0

#include "parkway/preload/decision.h"

#include <unistd.h>

#include <cstdio>

#include "parkway/preload/environment.h"
#include "parkway/preload/message.h"
#include "parkway/preload/profile_file.h"

namespace parkway::preload {
namespace {

constexpr int kExitUndefined = 127;
constexpr int kExitRequired = 86;

[[noreturn]] void not_there() {
  say("%s: a function of %s was called that no library of this process defines",
      library.file, library.host);
  _exit(kExitUndefined);
}

[[gnu::constructor]] void at_start() {
  start_profile_if_asked_for(library.file);
  library.at_start();
}

[[gnu::destructor]] void at_exit() {
  write_profile_if_asked_for(library.file, library.took_over());
  if (stats_asked_for()) library.print_stats();
  if (!takeover_required() || library.took_over()) return;
  say("%s: PARKWAY=require, but no %s of this process was taken over",
      library.file, library.host);
  // As exit() would write what is left, which has its own exit code. Without
  // the files' locks: another thread may wait for its input for ever.
  fcloseall();
  _exit(kExitRequired);
}

}  // namespace

void say_stepping_aside(const char* why) noexcept {
  if (why[0] != '\0') say("%s steps aside: %s", library.file, why);
}

void* function_or_end(void* function) noexcept {
  return function != nullptr ? function : reinterpret_cast<void*>(&not_there);
}

}  // namespace parkway::preload
