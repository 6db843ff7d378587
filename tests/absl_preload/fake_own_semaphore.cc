#include <cstdio>

#include "tests/absl_preload/fake_absl.h"

extern "C" bool AbslInternalPerThreadSemWait_fake1(int ticks) {
  std::printf("own Wait %d\n", absl::Helper(ticks) + absl::helper_variable);
  return true;
}
