// SPDX-License-Identifier: Apache-2.0

// Uses the fake host first in a thread that its constructor waits for.
#include <cstdio>

#include "parkway/tbb/preload/host/host_abi.h"
#include "tests/preload/constructor_thread.h"

extern "C" void parkway_test_use_plugin();

namespace {

parkway_test::ConstructorThread thread([] {
  int address;
  tbb::detail::r1::notify_by_address_one(&address);
  parkway_test_use_plugin();
});

}  // namespace

extern "C" void parkway_test_use() { std::puts("used"); }
