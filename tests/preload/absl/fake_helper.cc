// SPDX-License-Identifier: Apache-2.0

#include "tests/preload/absl/fake_absl.h"

// The program's, in place of the host's.
int absl::Helper(int x) { return x + 100; }
