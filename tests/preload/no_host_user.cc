// SPDX-License-Identifier: Apache-2.0

// Has no host. Its constructor's thread makes the first calls of condition
// variables.
#include <cstdio>

#include "tests/preload/constructor_thread.h"

namespace {

parkway_test::ConstructorThread thread([] {});

}  // namespace

extern "C" void parkway_test_use() { std::puts("used"); }
