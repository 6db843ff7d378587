// SPDX-License-Identifier: Apache-2.0

#include <cstdio>

#include "tests/preload/absl/fake_absl.h"

extern "C" bool AbslInternalPerThreadSemWait_fake1(int ticks) {
  std::printf("own Wait %d\n", absl::Helper(ticks) + absl::helper_variable);
  return true;
}
