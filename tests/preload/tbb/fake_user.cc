// SPDX-License-Identifier: Apache-2.0

// Uses the fake host as a library in a program would.
#include <cstdio>

#include "parkway/tbb/preload/host/host_abi.h"

extern "C" void parkway_test_use_plugin();

extern "C" void parkway_test_use() {
  int address;
  tbb::detail::r1::notify_by_address_one(&address);
  parkway_test_use_plugin();
  std::puts("used");
}
