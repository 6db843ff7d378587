// SPDX-License-Identifier: Apache-2.0

#include "tests/preload/absl/fake_absl.h"

#ifdef PARKWAY_FAKE_NAME
#define PARKWAY_WHO PARKWAY_FAKE_NAME
#else
#define PARKWAY_WHO "host"
#endif
#include "tests/preload/absl/fake_functions.inc"

namespace absl {
inline namespace PARKWAY_FAKE_SPACE {

void Mutex::NotOurs() {}

int helper_variable = 20;
int Helper(int x) { return x + 1; }

#ifdef PARKWAY_FAKE_CHANGED
void NewInThisVersion() {}
#endif

}  // namespace PARKWAY_FAKE_SPACE
}  // namespace absl

extern "C" __attribute__((weak)) bool PARKWAY_FAKE_SEM_WAIT(int ticks) {
  std::printf(PARKWAY_WHO " Wait %d\n", ticks);
  return true;
}
