#include "tests/absl_preload/fake_absl.h"

#define PARKWAY_WHO "own"
#include "tests/absl_preload/fake_functions.inc"
