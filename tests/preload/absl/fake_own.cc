// SPDX-License-Identifier: Apache-2.0

#include "tests/preload/absl/fake_absl.h"

#define PARKWAY_WHO "own"
#include "tests/preload/absl/fake_functions.inc"
