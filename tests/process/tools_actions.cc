// SPDX-License-Identifier: Apache-2.0

#include "tests/process/tools_actions.h"

#include <cstdio>
#include <cstring>

namespace tool_actions {

int RunTools(const std::vector<Case>& cases, int argc, char** argv) {
  if (argc == 1) {
    for (const Case& each : cases) {
      std::printf("%s|%s|%s\n", each.lock, each.fault, each.report);
    }
    return 0;
  }
  for (const Case& each : cases) {
    if (argc == 3 && std::strcmp(each.lock, argv[1]) == 0 &&
        std::strcmp(each.fault, argv[2]) == 0) {
      each.run();
      return 0;
    }
  }
  std::fprintf(stderr, "usage: %s [LOCK FAULT], as listed without them\n",
               argv[0]);
  return 2;
}

}  // namespace tool_actions
