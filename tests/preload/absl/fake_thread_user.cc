// SPDX-License-Identifier: Apache-2.0

// Uses the fake host first in a thread that its constructor waits for.
#include <cstdio>

#include "tests/preload/absl/fake_absl.h"
#include "tests/preload/constructor_thread.h"

namespace {

absl::Mutex mutex;

parkway_test::ConstructorThread thread([] {
  mutex.Lock();
  mutex.Unlock();
});

}  // namespace

extern "C" void parkway_test_use() { std::puts("used"); }
