// SPDX-License-Identifier: Apache-2.0

#include "tests/preload/absl/fake_absl.h"

#define PARKWAY_WHO "host"
#include "tests/preload/absl/fake_functions.inc"

namespace absl {
inline namespace fake1 {

void Mutex::NotOurs() {}

int helper_variable = 20;
int Helper(int x) { return x + 1; }

#ifdef PARKWAY_FAKE_CHANGED
void NewInThisVersion() {}
#endif

}  // namespace fake1
}  // namespace absl

extern "C" __attribute__((weak)) bool AbslInternalPerThreadSemWait_fake1(
    int ticks) {
  std::printf("host Wait %d\n", ticks);
  return true;
}
