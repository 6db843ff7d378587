// SPDX-License-Identifier: Apache-2.0

// Uses the fake host as a library in a program would.
#include <cstdio>

#include "parkway/tbb/preload/host/host_abi.h"

extern "C" void parkway_test_use_plugin();

#ifdef PARKWAY_FAKE_OLD
extern "C" void parkway_test_old();
#endif

extern "C" void parkway_test_use() {
#ifdef PARKWAY_FAKE_OLD
  parkway_test_old();
#else
  int address;
  tbb::detail::r1::notify_by_address_one(&address);
#endif
  parkway_test_use_plugin();
  std::puts("used");
}

// Its last call is a jump: the host's function returns to whoever called this.
extern "C" [[gnu::optimize("O2")]] void parkway_test_jump() {
  static int address;
  tbb::detail::r1::notify_by_address_one(&address);
}
