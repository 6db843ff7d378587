// SPDX-License-Identifier: Apache-2.0

// What the start, the loads and the exit of a process call of this library.
#include <cstdio>
#include <cstring>

#include "parkway/preload/decision.h"
#include "parkway/tbb/preload/host/copies.h"
#include "parkway/tbb/preload/host/stats.h"

namespace parkway::preload {
namespace {

using internal::copies;

// TBB's last releases before oneTBB have other functions.
void say_what_is_older() noexcept {
  char why[160] = {};
  LoadedModules::look([&why](LoadedModules& modules) {
    for (const LoadedModule& module : modules) {
      if (std::strncmp(module.soname, "libtbb.so", 9) != 0) continue;
      std::snprintf(why, sizeof why, "this process has %s, not libtbb.so.12",
                    module.soname);
    }
  });
  say_stepping_aside(why);
}

void decide_at_start() {
  if (copies.find_at_start() == CallerMap::kUnknown) say_what_is_older();
}

void forget_unloaded() { copies.forget_unloaded(); }

bool took_over() { return (layers_in_use() | layers_watched()) != kNoLayers; }

}  // namespace

const Library library = {"libparkway_tbb.so", "oneTBB",   &decide_at_start,
                         &forget_unloaded,    &took_over, &print_stats};

}  // namespace parkway::preload
