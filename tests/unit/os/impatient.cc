// SPDX-License-Identifier: Apache-2.0

// A library whose constructor waits for a thread that uses parkway. The
// loader's lock is the constructor's thread's meanwhile.
#include <thread>

#include "tests/unit/os/uses.h"

extern "C" const parkway::test::Uses parkway_test_uses;

namespace {

[[gnu::constructor]] void start() {
  std::thread([] {
    parkway_test_uses.thread();
    parkway_test_uses.pool(0);
  }).join();
}

}  // namespace
